"""The market of appointments, simulated: who gets a place, who pays, under which rule.

Pure arithmetic on arrays: nothing here reads a table, a clock or a setting.
"""
