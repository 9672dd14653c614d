"""Failures of the checks that tables share are shown with their values."""

import pytest

pytest.register_assert_rewrite("move_tables")
