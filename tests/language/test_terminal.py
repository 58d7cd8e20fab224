"""Arabic on terminals: logical order always, marks only where the terminal understands them."""

from __future__ import annotations

import pytest

from himaya.language import for_terminal, money

LINE = f"المبلغ {money(321050, 'ar')}"


@pytest.mark.parametrize(
    "environ",
    [
        {"VTE_VERSION": "7600"},
        {"KONSOLE_VERSION": "230804"},
        {"TERM_PROGRAM": "Apple_Terminal"},
        {"TERM": "mlterm-256color"},
    ],
)
def test_a_terminal_that_reorders_gets_embedded_lines_with_isolates(environ):
    assert for_terminal(LINE, "ar", environ) == f"\u202b{LINE}\u202c"


@pytest.mark.parametrize(
    "environ", [{}, {"TERM": "xterm-256color"}, {"VTE_VERSION": "5202"}, {"TERM": "linux", "VTE_VERSION": ""}]
)
def test_another_terminal_gets_the_letters_in_logical_order_without_marks(environ):
    assert for_terminal(LINE, "ar", environ) == "المبلغ 3\u202f210,50\u00a0درهم"


def test_left_to_right_languages_pass_through():
    assert for_terminal("3,210.50 MAD", "en", {"VTE_VERSION": "7600"}) == "3,210.50 MAD"
