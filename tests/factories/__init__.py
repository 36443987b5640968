"""Objects for tests: one factory a model, traits for the stages of life, no hidden rows."""
