def test_x(inside):
    for p in (
        "/stories",
        "/alerts",
        "/sources",
        "/rules",
        "/matrix",
        "/rules/try",
        "/rules/try?rule=drugs",
        "/sources/post",
        "/stories?q=heroin&count=1",
        "/stories?show=all",
        "/stories?q=((",
    ):
        t = inside.page(p)
    import re

    s = re.search(r"/stories/(\w{16})", inside.page("/stories"))[1]
    inside.page("/stories/" + s)
