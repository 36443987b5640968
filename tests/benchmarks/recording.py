"""Keeping the statements that a piece of work sends."""

STRUCTURAL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


class Recorder:
    """Keeps every statement with its parameters; use it with `connection.execute_wrapper`."""

    def __init__(self):
        self.statements = []

    def __call__(self, execute, sql, params, many, context):
        self.statements.append((sql, params))
        return execute(sql, params, many, context)
