"""What stands between the lines is found, named and taken away; what is text stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.articles.furniture import tidy

FIRST = (
    "Officers from four countries searched a warehouse near the border before dawn and seized two tonnes of methamphetamine."
)
SECOND = "The driver told investigators that he had been paid in cash and did not know what the sacks of tea contained."
THAI = (
    "เจ้าหน้าที่ตำรวจจากสี่ประเทศเข้าตรวจค้นโกดังใกล้ชายแดนก่อนรุ่งสาง และยึดยาบ้าได้สองตัน "
    "ซึ่งซุกซ่อนอยู่ในกระสอบชา โดยคนขับรถให้การว่ารับจ้างขนของและไม่ทราบว่าภายในกระสอบมีสิ่งใด"
)


@pytest.mark.parametrize(
    "line, reason",
    [
        ("ALSO READ: Ministers promise a hotline for victims", "also-read"),
        ("Read more: Ministers promise a hotline", "also-read"),
        ("RELATED: Port inspectors want more dogs", "also-read"),
        ("Baca juga: Menteri janjikan saluran siaga bagi korban", "also-read"),
        ("BACA: Menteri janji talian hayat", "also-read"),
        ("BASAHIN: Hotline para sa mga biktima", "also-read"),
        (">>> Xem thêm: Bộ trưởng hứa lập đường dây nóng", "also-read"),
        ("อ่านเพิ่มเติม : รัฐมนตรีรับปากตั้งสายด่วน", "also-read"),
        ("ข่าวที่เกี่ยวข้อง", "related"),
        ("ອ່ານເພີ່ມຕື່ມ: ລັດຖະມົນຕີສັນຍາ", "also-read"),
        ("អានបន្ថែម៖ រដ្ឋមន្ត្រីសន្យា", "also-read"),
        ("ဆက်စပ်သတင်းများ", "related"),
        ("延伸阅读：部长承诺设立热线", "also-read"),
        ("延伸閱讀：部長承諾設立專線", "also-read"),
        ("மேலும் படிக்க: அமைச்சர் உறுதி", "also-read"),
        ("Share this article", "share"),
        ("Share on FacebookShare on XEmail this to someone", "share"),
        ("Bagikan", "share"),
        ("แชร์ข่าวนี้", "share"),
        ("分享到微信微博", "share"),
        ("(Photo: Harbour Police)", "caption"),
        ("Sacks of tea on a pier. (PHOTO / HARBOUR POLICE)", "caption"),
        ("Foto: Dok. Polisi Pelabuhan", "caption"),
        ("ภาพ: ตำรวจน้ำ", "caption"),
        ("Ảnh: Công an tỉnh", "caption"),
        ("图：警方提供", "caption"),
        ("ADVERTISEMENT", "advertisement"),
        ("Story continues below", "advertisement"),
        ("SCROLL TO CONTINUE WITH CONTENT", "advertisement"),
        ("Tags: border, drugs", "tags"),
        ("Từ khóa: biên giới, ma túy", "tags"),
        ("© 2025 Harbour Times. All rights reserved.", "site-notice"),
        ("Follow us on Telegram for the latest updates", "site-notice"),
        ("Ikuti berita terbaru kami di Google News", "site-notice"),
        ("3 min read", "site-notice"),
        ("[email protected] | Contributor", "site-notice"),
        ("Photo by Harbour Police / Handout", "caption"),
        ("Larawan mula sa pulisya", "caption"),
        ("ဓာတ်ပုံ - ရဲတပ်ဖွဲ့", "caption"),
        ("Bagikan artikel ini melalui WhatsApp dan Facebook", "share"),
        ("แชร์ข่าวนี้ให้เพื่อน", "share"),
        ("分享到：微博 微信 QQ空间", "share"),
        ("இந்த செய்தியை பகிருங்கள்", "share"),
        ("Berlangganan sekarang untuk mendapatkan akses tanpa batas", "site-notice"),
        ("Mag-subscribe sa aming YouTube channel", "site-notice"),
        ("Nhận bản tin mỗi sáng qua email của bạn", "site-notice"),
        ("ລົງທະບຽນຮັບຈົດໝາຍຂ່າວປະຈຳວັນ", "site-notice"),
        ("សូមចុច Subscribe ឆានែល YouTube របស់យើង", "site-notice"),
        ("နေ့စဉ်သတင်းလွှာ ရယူရန် အီးမေးလ်ဖြင့် စာရင်းသွင်းပါ", "site-notice"),
        ("订阅每日新闻简报，每天早上送到您的邮箱", "site-notice"),
        ("ลิขสิทธิ์ © 2569 หนังสือพิมพ์ท่าเรือ", "site-notice"),
        ("We use cookies to improve your visit.", "cookie-notice"),
        ("***", "stray"),
        ("<>", "stray"),
        ("https://harbour.example/story?id=5", "link"),
        ("（原标题：港口查获两吨毒品）", "site-notice"),
        ("您所在的位置： 首页 > 快讯 > 港口", "site-notice"),
        ("声明：本文仅代表作者个人观点，不代表港口时报立场。", "site-notice"),
        ("责编|陈宜 校对|李安", "site-notice"),
        ("字号：[大] [中] [小]", "site-notice"),
        ("The views expressed here are those of the author and do not reflect those of this newspaper.", "site-notice"),
    ],
)  # fmt: skip
def test_a_line_of_furniture_goes_with_its_reason(line, reason):
    tidied = tidy("Two tonnes seized", [FIRST, line, SECOND])
    assert tidied.paragraphs == (FIRST, SECOND)
    assert [(part.text, part.reason) for part in tidied.removed] == [(line, reason)]


@pytest.mark.parametrize(
    "line",
    [
        "Related companies were searched on the same day, the prosecutor said in a statement to reporters.",
        "Share prices of the shipping line fell by a tenth after the news.",
        "By Monday night the men had been brought before a judge.",
        "“Watch the small boats,” the admiral told his captains.",
        "Photographs of the warehouse were shown in court.",
        "Oleh karena itu, polisi memperluas penyelidikan ke pelabuhan.",
        "Tags on the sacks named a company that does not exist.",
        "Follow-up raids are planned, police said.",
        "What happens next",
        "โดยตำรวจยืนยันว่าจะดำเนินคดีกับผู้เกี่ยวข้องทุกราย",
        "记者在现场看到，警方带走了三人。",
        "10 November 2025",
        "警方发言人表示，这艘船在过去三个月里曾五次进出该港口，每次都在夜间卸货，码头工人对货物的来源毫不知情。" * 4 + "（文/图 李安）",
        "外交部发言人说，该议员的言论不代表中国政府的立场。",
        "Copyright pirates in three provinces were fined, the ministry said on Monday.",
        "Like many recruits, he was contacted on Facebook by a woman who promised work.",
        "Join us or die, the gang told the villagers.",
        "Contact us within a day and we will free her, the kidnappers wrote to the family.",
        "Download links for the app were sent to the victims by text message.",
        "By using stolen cookies, the hackers entered the accounts of 400 customers.",
        "Support for the independent candidate collapsed after the arrest, a poll showed.",
        "Dapatkan wang itu dahulu, kata suspek kepada mangsa melalui aplikasi WhatsApp.",
        "Hak cipta lagu itu dilanggar oleh tiga perusahaan, kata hakim dalam sidang.",
        "Theo dõi các đối tượng trong nhiều tháng, công an đã bắt giữ năm người ở biên giới.",
        "ติดตามจับกุมผู้ต้องหาได้ที่จังหวัดตาก เมื่อวันจันทร์ที่ผ่านมา พร้อมของกลางจำนวนมาก",
        "ចូលរួមក្រុម Telegram នេះ ជនរងគ្រោះត្រូវបានគេបោកប្រាស់លុយអស់ នេះបើតាមនគរបាល។",
        "မူပိုင်ခွင့် ဥပဒေကို ချိုးဖောက်သူ သုံးဦးကို ဖမ်းဆီးခဲ့ကြောင်း ရဲတပ်ဖွဲ့က ပြောကြားခဲ့သည်။",
        "黑客未经授权访问了银行的计算机系统，盗走两亿美元。",
        "加入Telegram群组的受害者被骗走了全部积蓄，警方说。",
        "டெலிகிராம் சேனலில் இணைந்தவர்கள் telegram வழியாக இணைய மோசடியில் பணத்தை இழந்ததாக காவல்துறை தெரிவித்தது.",
        "Sertai kumpulan Telegram itu dan anda akan kaya, janji penipu kepada pesara tersebut.",
        "สมัครสมาชิกเว็บพนันผ่านไลน์ได้ที่นี่ คือข้อความที่แก๊งใช้ชักชวนเยาวชนกว่าสามพันคน",
        "ລົງທະບຽນເປັນສະມາຊິກເວັບພະນັນ ໄວໜຸ່ມ 300 ຄົນຖືກຫຼອກເອົາເງິນໄປໝົດ ໃນແຂວງສະຫວັນນະເຂດ.",
        "訂閱頻道的會員多達三萬人，檢察官起訴經營者共十二人。",
        "They opened his passport, she said. (This newspaper has seen the photo of the visa in his passport.)",
        "The views expressed by the minister do not reflect those of the cabinet.",
    ],
)  # fmt: skip
def test_text_that_only_looks_like_furniture_stays(line):
    assert tidy("Two tonnes seized", [FIRST, line, SECOND]).paragraphs == (FIRST, line, SECOND)


@pytest.mark.parametrize(
    "line, names",
    [
        ("By Mira Santos and Tan Wei", ("Mira Santos", "Tan Wei")),
        ("By Harbour Reporters", ("Harbour Reporters",)),
        ("Oleh Ahmad bin Salleh", ("Ahmad bin Salleh",)),
        ("Penulis: Budi Hartono", ("Budi Hartono",)),
        ("โดย ทีมข่าวชายแดน", ("ทีมข่าวชายแดน",)),
        ("Tác giả: Trần Minh", ("Trần Minh",)),
        ("记者：李安", ("李安",)),
        ("2025-11-10 09:26来源：港口时报作者：李安", ("李安",)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["top", "end"])
def test_a_by_line_becomes_the_authors(line, names, place):
    lines = [line, FIRST, SECOND] if place == "top" else [FIRST, SECOND, line]
    tidied = tidy("Two tonnes seized", lines)
    assert tidied.paragraphs == (FIRST, SECOND)
    assert tidied.authors == names


@pytest.mark.parametrize(
    "printed, place",
    [
        ("VIENTIANE - ", "VIENTIANE"),
        ("SINGAPORE: ", "SINGAPORE"),
        ("MANILA, Philippines — ", "MANILA"),
        ("KUALA LUMPUR, Nov 10 (Bernama) -- ", "KUALA LUMPUR"),
        ("BANGKOK, Nov 10, 2025, Harbour Times. ", "BANGKOK"),
        ("HARBOUR.COM, Jakarta - ", "Jakarta"),
        ("Jakarta, CNN Indonesia -- ", "Jakarta"),
        ("Hà Nội (TTXVN) – ", "Hà Nội"),
        ("ភ្នំពេញ៖ ", "ភ្នំពេញ"),
        ("(KPL) ", None),
        ("（吉隆坡10日讯）", "吉隆坡"),
        ("新华社曼谷11月10日电（记者某某）", "曼谷"),
        ("கோலாலம்பூர், நவ. 10 - ", "கோலாலம்பூர்"),
        ("ရန်ကုန်၊ နိုဝင်ဘာ ၁၀ ", "ရန်ကုန်"),
    ],
)  # fmt: skip
def test_a_dateline_is_split_off_the_first_paragraph(printed, place):
    tidied = tidy("Two tonnes seized", [printed + FIRST, SECOND])
    assert (tidied.dateline, tidied.paragraphs) == (place, (FIRST, SECOND))
    assert tidied.removed[0].text == printed.strip()


@pytest.mark.parametrize("start", ["ASEAN - ", "INTERPOL: ", "UPDATE: ", "Police: "])
def test_a_name_before_a_dash_or_colon_is_not_always_a_place(start):
    tidied = tidy("Two tonnes seized", [start + FIRST, SECOND])
    assert tidied.dateline is None
    assert tidied.paragraphs[0] == start + FIRST


def test_a_later_copy_goes_also_when_a_word_or_a_full_stop_is_missing():
    shorter = FIRST.removesuffix(".")
    assert tidy(None, [shorter, SECOND, FIRST]).paragraphs == (shorter, SECOND)
    assert tidy(None, [FIRST, SECOND, FIRST.replace("before dawn ", "")]).paragraphs[:2] == (FIRST, SECOND)


def test_paragraphs_that_differ_in_a_name_or_a_number_are_no_copies():
    other = FIRST.replace("two tonnes", "nine tonnes")
    assert tidy(None, [FIRST, other]).paragraphs == (FIRST, other)


def test_the_headline_is_not_said_twice():
    assert tidy("Two tonnes seized", ["TWO TONNES SEIZED", FIRST]).paragraphs == (FIRST,)


def test_a_related_heading_takes_the_titles_that_follow_it_and_no_text():
    lines = [FIRST, "Related news", "Port inspectors want more dogs", "Hotline for victims promised", SECOND]
    assert tidy(None, lines).paragraphs == (FIRST, SECOND)
    assert tidy(None, [THAI, "ข่าวที่เกี่ยวข้อง", "รัฐมนตรีรับปากตั้งสายด่วน", "ด่านศุลกากรขอสุนัขดมกลิ่นเพิ่ม"]).paragraphs == (THAI,)


def test_titles_after_the_share_buttons_are_teasers():
    tidied = tidy(None, [FIRST, SECOND, "Share it", "Exclusive: a year inside the compound"])
    assert tidied.paragraphs == (FIRST, SECOND)
    assert tidied.removed[-1].reason == "teaser"


def test_comments_go_to_the_end():
    text = [FIRST, SECOND, FIRST.replace("Officers", "Soldiers"), SECOND.replace("driver", "owner")]
    lines = [*text, "Comments (2)", "Well done to all of them, about time too."]
    assert tidy(None, lines).paragraphs == tuple(text)


WORDS = st.sampled_from(
    [FIRST, SECOND, THAI, "By Mira Santos", "Share it", "ALSO READ: x y", "VIENTIANE - ", "BANGKOK, Nov 10 (AP) — ", "Comments",
     "***", "Yes.", "Related news", "(Photo: A)", "10 November 2025", "Headline here", "ข่าวที่เกี่ยวข้อง", "Jakarta - ",
     "Exclusive: z", "— Bernama", "Tags: a", "（吉隆坡10日讯）警方逮捕九人。", "SINGAPORE:"]
)  # fmt: skip


@given(
    st.none() | WORDS | st.text(max_size=40),
    st.lists(WORDS | st.text(max_size=60) | st.tuples(WORDS, WORDS).map("".join), max_size=12),
)
@settings(deadline=None, max_examples=150)
def test_what_is_tidy_stays_as_it_is(headline, lines):
    once = tidy(headline, lines)
    twice = tidy(once.headline, once.paragraphs)
    assert (twice.headline, twice.paragraphs) == (once.headline, once.paragraphs)
    assert twice.removed == ()
