"""find-privileged: the Lua guests, with newlib's assembly, have nothing to replace."""

from find_privileged_tool import check_clean


def test_lua_guests_are_clean_and_the_build_searched_them():
    check_clean("LUA_GUESTS")
