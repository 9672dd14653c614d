"""Failures of the checks that files of walks share are shown with their values."""

import pytest

pytest.register_assert_rewrite("walked")
