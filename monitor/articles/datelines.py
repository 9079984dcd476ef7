"""The dateline before the first sentence of an article: a place, often with date and agency."""
# ruff: noqa: E501  a pattern is read more easily in one piece

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PLACES = (
    "Vientiane|Luang Prabang|Savannakhet|Pakse|Bangkok|Chiang Mai|Chiang Rai|Phuket|Pattaya|Mae Sot|Hat Yai|Songkhla|Narathiwat|Pattani|Yala|"
    "Phnom Penh|Siem Reap|Sihanoukville|Preah Sihanouk|Poipet|Bavet|Battambang|Kandal|Hanoi|Ha Noi|Hà Nội|Ho Chi Minh City|TP HCM|TP\\.? ?HCM|TP\\.? Hồ Chí Minh|"
    "Đà Nẵng|Da Nang|Hải Phòng|Cần Thơ|Yangon|Naypyidaw|Nay Pyi Taw|Mandalay|Myawaddy|Kuala Lumpur|Putrajaya|Johor Bahru|Johor Baru|Kuching|Kota Kinabalu|"
    "Kota Bharu|Kota Baru|George Town|Butterworth|Ipoh|Shah Alam|Petaling Jaya|Seremban|Melaka|Kuantan|Kuala Terengganu|Alor Setar|Kangar|Labuan|Miri|Sibu|Sandakan|Tawau|"
    "Lahad Datu|Singapore|Singapura|Bandar Seri Begawan|Jakarta|Bandung|Surabaya|Medan|Batam|Denpasar|Makassar|Semarang|Yogyakarta|Palembang|Pekanbaru|Pontianak|Balikpapan|"
    "Banda Aceh|Manado|Kupang|Tangerang|Bekasi|Depok|Bogor|Manila|Maynila|Quezon City|Davao(?: City)?|Cebu(?: City)?|Zamboanga(?: City)?|Makati|Pasay|Dili|Beijing|Shanghai|"
    "Hong Kong|Macau|Taipei|Tokyo|Seoul|New Delhi|Dhaka|Kathmandu|Colombo|Islamabad|Canberra|Sydney|London|Geneva|Vienna|Lyon|The Hague|Paris|Washington|New York|United Nations|"
    "กรุงเทพฯ?|กรุงเทพมหานคร|เชียงใหม่|เชียงราย|ภูเก็ต|ນະຄອນຫຼວງວຽງຈັນ|ວຽງຈັນ|ຫຼວງພະບາງ|ສະຫວັນນະເຂດ|ຈຳປາສັກ|(?:រាជធានី)?ភ្នំពេញ|(?:ខេត្ត)?សៀមរាប|(?:ខេត្ត)?ព្រះសីហនុ|(?:ខេត្ត)?បាត់ដំបង|(?:ខេត្ត)?កណ្ដាល|"
    "បន្ទាយមានជ័យ|ရန်ကုန်|နေပြည်တော်|မန္တလေး|မြဝတီ|တာချီလိတ်|சென்னை|கோலாலம்பூர்|சிங்கப்பூர்|கொழும்பு|புதுடெல்லி|பாங்காக்|ஜகார்த்தா|曼谷|吉隆坡|新加坡|雅加达|雅加達|马尼拉|馬尼拉|河内|河內|"
    "金边|金邊|仰光|万象|萬象|北京|上海|香港|台北|臺北|古晋|古晉|槟城|檳城|新山|怡保|内比都"
)
# Words in capitals before a colon or dash that are no place.
_NO_PLACE_WORDS = """asean aseanapol interpol europol unodc un us usa uk eu update updated breaking live exclusive video watch note photo photos read
    also related more see police news faq analysis opinion commentary factbox timeline correction clarification editor editorial just in
    developing alert urgent explainer feature interview column letter statement media release press podcast gallery infographic advisory
    baca juga simak lihat tonton basahin panoorin xem thêm question answer covid what why how who when where key points summary highlights
    source sumber foto"""
_NO_PLACE = frozenset(_NO_PLACE_WORDS.split())
_MONTHISH = r"\d{1,2}(?:st|nd|rd|th)?|\d{4}|\d{1,2}/\d{1,2}(?:/\d{2,4})?|[A-Z][A-Za-zÀ-ỹ]{2,9}\.?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """`text` is the dateline as printed, `place` its place, `rest` the paragraph that follows it (empty if it stands alone),
    `author` the reporter whom Chinese papers name in it."""

    text: str
    place: str | None
    rest: str
    author: str | None = None


@lru_cache(maxsize=1)
def _forms() -> tuple[re.Pattern[str], ...]:
    known = rf"(?:{_PLACES})"
    upper = r"[A-ZÀ-ÖØ-ÞĂĐƠƯẠ-Ỹ][A-ZÀ-ÖØ-ÞĂĐƠƯẠ-Ỹ.'’\-]+"
    capital = rf"{upper}(?:[ /]{upper}){{0,3}}"
    region = r"(?:,\s+[A-Z][\w.'’\-]+(?:\s[A-Z][\w.'’\-]+){0,2}){0,2}"  # `, Philippines`, `, KOMPAS.com`, `, CNN Indonesia`
    date = rf"(?:,\s*(?:{_MONTHISH})(?:[ .]+(?:{_MONTHISH})){{0,2}}(?:,?\s+\d{{4}})?)?"
    agency = r"(?:\s*[(（\[][^()（）\[\]]{2,40}[)）\]])?"
    dash = r"(?:\s*(?:--|[–—])\s*|\s+-\s+|\s*-$|\s*[–—:]$)"
    colon = r"(?:\s*[:：៖]\s+|\s*[：៖]\s*)"
    return (
        # (KPL) …
        re.compile(r"[(（](?P<place>)(?:KPL|Vientiane Times|Lao News Agency|AKP|TNA|PNA|VNA|Bernama|Antara|Xinhua|Reuters|AFP|AP)(?: ?/ ?[A-Z]{2,8})?[)）]\s*(?:[-–—:]+\s*)?(?=\S)"),
        # TEMPO.CO, Jakarta - …
        re.compile(rf"[\w.]{{2,25}}\.(?:com|co|id|net|co\.id|my|vn),\s+(?P<place>{known}|[A-Z][a-z]+(?:\s[A-Z][a-z]+)?){agency}{dash}", re.IGNORECASE),
        # VIENTIANE, Jun 30, 2021, Vientiane Times. Laos’ Ministry …
        re.compile(rf"(?P<place>{capital}),\s*(?:{_MONTHISH})[ .]+(?:{_MONTHISH})(?:,?\s+\d{{4}})(?:,\s*[A-Z][\w ]{{2,40}})?\.(?:\s+|$)"),
        # VIENTIANE - …   MANILA, Philippines — …   BANGKOK, Nov 10 (Xinhua) -- …   SINGAPORE: …
        re.compile(rf"(?P<place>{capital}){region}{date}{agency}(?:{dash}|{colon})"),
        # Jakarta, CNN Indonesia -- …   Hà Nội (TTXVN) – …   (Phnom Penh): …   ភ្នំពេញ៖ …
        re.compile(rf"[(（]?(?P<place>{known})[)）]?{region}{date}{agency}(?:{dash}|{colon})"),
        # ရန်ကုန်၊ နိုဝင်ဘာ ၁၀ …
        re.compile(rf"(?P<place>{known})\s*၊\s*[\u1000-\u109f]{{2,14}}\s*[၀-၉\d]{{1,2}}\s*(?:ရက်)?\s*(?:[-–—။]\s*)?"),
        # கோலாலம்பூர், நவ. 10 - …
        re.compile(rf"(?P<place>{known}),\s*[\u0b80-\u0bff]{{1,10}}\.?\s*\d{{1,2}}\s*[-–—:]\s*"),
        # 〔記者某某／曼谷報導〕   （吉隆坡10日讯）   新华社北京11月10日电（记者…）   （中央社記者某某曼谷10日專電）   【本报讯】
        re.compile(rf"[（(【\[]\s*[^（()）【】\d]{{0,12}}?(?P<place>{known})(?:\d{{1,2}}月)?\d{{1,2}}日(?:综合|綜合|外電|專|专)?(?:讯|訊|电|電)\s*[）)】\]]\s*"),
        re.compile(r"[（(【\[]\s*(?P<place>[\u4e00-\u9fff]{2,4})(?:\d{1,2}月)?\d{1,2}日(?:综合|綜合|外電|專|专)?(?:讯|訊|电|電)\s*[）)】\]]\s*"),
        re.compile(r"(?:新华社|新華社|中新社|中新网|人民网|法新社|路透社|中央社|央视新闻)\s*(?P<place>[\u4e00-\u9fff]{2,6}?)\s*(?:\d{1,2}月)?\d{1,2}日?\s*(?:电|電|讯|訊)\s*(?:[（(][^（()）]{1,40}[）)])?[\s，,:：—]*"),
        re.compile(r"[〔【\[（(](?:記者|记者)\s*(?P<author>[^／/\s〕】]{2,12})\s*[／/]\s*(?P<place>[^／/\s〕】]{2,8}?)(?:報導|报导|报道|報道|電|讯|訊)[〕】\]）)]\s*"),
        re.compile(r"[【\[（(](?:本报|本報|综合|綜合)?(?P<place>)(?:讯|訊|专讯|電)[】\])）]\s*"),
    )  # fmt: skip


def split(paragraph: str) -> Dateline | None:
    """The dateline at the beginning of a first paragraph, or None if it has none."""
    head = paragraph[:160]
    for form in _forms():
        match = form.match(head)
        if not match:
            continue
        place = match["place"] or None
        if place and place.isascii() and len(place) < 4:
            continue
        words = {word.lower() for word in re.findall(r"\w+", place or "")}
        if words & _NO_PLACE:
            continue
        author = match.groupdict().get("author")
        return Dateline(
            text=paragraph[: match.end()].strip(), place=place, rest=paragraph[match.end() :].strip(), author=author
        )
    return None
