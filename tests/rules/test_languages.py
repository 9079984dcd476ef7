"""Terms in sentences of twelve languages: what is found, what is a near miss, what hides inside another word."""

import pytest

from monitor.rules.compile import compile_rules
from monitor.rules.match import Document
from monitor.rules.rule import Rule, Vocabulary


def found(language: str, term: str, sentence: str) -> list[str]:
    """The words of the sentence that a vocabulary term of the language is found in."""
    vocabulary = Vocabulary(name="v", title="V", terms={language: (term,)})
    rules = compile_rules([Rule(id="r", title="R", when="@v")], [vocabulary])
    matches = rules.match(Document(title="", body=sentence)).matches
    return [sentence[hit.start : hit.end] for match in matches for hit in match.hits]


TRUE = [
    ("en", "drug trafficking", "Three men were held over drug trafficking at the border.", ["drug trafficking"]),
    ("en", "drug trafficking", "DRUG-TRAFFICKING, police said, is up.", ["DRUG-TRAFFICKING"]),
    ("en", "chief of police", "The chiefs met; the Chief of Police's office did not say.", ["Chief of Police"]),
    ("en", "transnational crime", "The meeting on trans-national crimes ended in Bali.", ["trans-national crimes"]),
    ("en", "e-mail scam", "E-mail scams and email scams and e mail scam.", ["E-mail scams", "email scams", "e mail scam"]),
    ("en", "Myanmar", "A Thai-Myanmar checkpoint was closed.", ["Myanmar"]),
    ("en", "box", "Seven boxes of pills, one box of cash.", ["boxes", "box"]),
    ("en", "traffick*", "Traffickers, who trafficked in ivory, call it trade.", ["Traffickers", "trafficked"]),
    ("en", "wom?n", "One woman and two women were freed, a womxn group said, not a womaan.", ["woman", "women", "womxn"]),
    ("th", "ค้ามนุษย์", "ตำรวจบุกจับเครือข่ายค้ามนุษย์ที่ชายแดน", ["ค้ามนุษย์"]),
    ("th", "การค้ามนุษย์", "คดีการค้ามนุษย์เพิ่มขึ้นสองเท่า", ["การค้ามนุษย์"]),
    ("th", "อาเซียน", "หัวหน้าตำรวจอาเซียน10ชาติหารือกัน", ["อาเซียน"]),
    ("th", "ยา", "ตำรวจยึด ยา ได้ที่ด่านแม่สาย", ["ยา"]),
    ("lo", "ຄ້າມະນຸດ", "ເຈົ້າໜ້າທີ່ຈັບແກັງຄ້າມະນຸດຢູ່ຊາຍແດນ", ["ຄ້າມະນຸດ"]),
    ("lo", "ຢາເສບຕິດ", "ຍຶດຢາເສບຕິດໄດ້ຫຼາຍກວ່າຮ້ອຍກິໂລ", ["ຢາເສບຕິດ"]),
    ("lo", "ຕຳຫຼວດ", "ຕໍາຫລວດລາວຮ່ວມມືກັບໄທ", ["ຕໍາຫລວດ"]),
    ("km", "ជួញដូរមនុស្ស", "សមត្ថកិច្ច\u200bបាន\u200bបង្ក្រាប\u200bករណី\u200bជួញ\u200bដូរ\u200bមនុស្ស\u200bមួយ", ["ជួញ\u200bដូរ\u200bមនុស្ស"]),
    ("km", "គ្រឿងញៀន", "ប៉ូលិសចាប់ជនសង្ស័យពាក់ព័ន្ធគ្រឿងញៀន", ["គ្រឿងញៀន"]),
    ("km", "សម្តេច", "សម្ដេចបានអញ្ជើញចូលរួម", ["សម្ដេច"]),
    ("my", "လူကုန်ကူးမှု", "ရဲတပ်ဖွဲ့က လူကုန်ကူးမှုတစ်ခုကို ဖော်ထုတ်ခဲ့သည်", ["လူကုန်ကူးမှု"]),
    ("my", "မြန်မာနိုင်ငံ", "ျမန္မာႏိုင္ငံမွ ရဲမ်ား ေတြ႕ဆံုၾကသည္", ["ျမန္မာႏိုင္ငံ"]),
    ("my", "ဝန်ကြီးချုပ်", "၀န်ကြီးချုပ်က ပြောကြားသည်", ["၀န်ကြီးချုပ်"]),
    ("my", "လူကုန်ကူးမှု", "ရဲက လူ ကုန် ကူးမှု နှစ်ခုကို ဖော်ထုတ်သည်", ["လူ ကုန် ကူးမှု"]),
    ("my", "လူ ကုန်ကူးမှု", "ရဲကလူကုန်ကူးမှုနှင့် လူကုန်\u00a0ကူးမှုကိုစစ်သည်", ["လူကုန်ကူးမှု", "လူကုန်\u00a0ကူးမှု"]),
    ("my", "ဖမ်းမိ", "နယ်စပ်တွင် ဖမ်း မိသူ လေးဦး၊ ထပ်မံ ဖမ်းမိ", ["ဖမ်း မိ", "ဖမ်းမိ"]),
    ("vi", "buôn bán ma túy", "Công an triệt phá đường dây buôn bán ma tuý xuyên biên giới.", ["buôn bán ma tuý"]),
    ("vi", "mua bán người", "Đường dây MUA BÁN NGƯỜI sang Campuchia bị triệt phá.", ["MUA BÁN NGƯỜI"]),
    ("vi", "hòa bình", "Một vùng hoà bình và ổn định.", ["hoà bình"]),
    ("id", "perdagangan orang", "Polisi membongkar jaringan perdagangan orang di Batam.", ["perdagangan orang"]),
    ("id", "Jumat", "Konferensi pers digelar Jumat sore.", ["Jumat"]),
    ("ms", "pati", "Seramai 20 PATI ditahan di sempadan.", ["PATI"]),
    ("ms", "pemerdagangan manusia", "Sindiket pemerdagangan manusia ditumpaskan.", ["pemerdagangan manusia"]),
    ("tl", "ilegal na droga", "Nasabat ang ilegal na droga sa pantalan.", ["ilegal na droga"]),
    ("tl", "pulis", "Ang pulis ay dumating; hinuli siya ng mga Pulis.", ["pulis", "Pulis"]),
    ("zh-Hans", "电信诈骗", "警方捣毁一个跨境电信诈骗团伙。", ["电信诈骗"]),
    ("zh-Hans", "贩毒", "三名嫌犯因贩毒被捕", ["贩毒"]),
    ("zh-Hans", "东盟警察", "東盟警察首長會議在萬象舉行", ["東盟警察"]),
    ("zh-Hant", "人口販運", "檢警破獲人口販運集團，救出十二人。", ["人口販運"]),
    ("zh-Hant", "詐騙園區", "妙瓦底诈骗园区被断电", ["诈骗园区"]),
    ("ta", "போதைப்பொருள் கடத்தல்", "சுங்கத்துறை போதைப்பொருள்  கடத்தல் கும்பலை பிடித்தது", ["போதைப்பொருள்  கடத்தல்"]),
    ("ta", "ஆட்கடத்தல்", "எல்லையில் ஆட்கடத்தல் அதிகரிப்பு", ["ஆட்கடத்தல்"]),
]

MISSES = [
    ("en", "drug trafficking", "The drug is not trafficking anything."),
    ("en", "scam", "The scamper of mice; scammers are another word."),
    ("en", "=scam", "Two scams were found."),
    ("en", "TIP report", "A tip was reported."),
    ("en", "transnational", "Trans national airlines once flew here."),
    ("en", "traffick*", "Heavy traffic on the bridge."),
    ("th", "ยา", "เขาพยายามเรียนต่อที่วิทยาลัย"),
    ("th", "ลาว", "ตำรวจไล่ตามเป็นเวลาวันครึ่ง"),
    ("th", "กอง", "กองู"),  # the vowel below belongs to the last consonant
    ("lo", "ຢາ", "ລາວຢາກໄປຮຽນຢູ່ວຽງຈັນ"),
    ("km", "ក", "ក្រុមប៉ូលិស"),
    ("my", "က", "ကုန်သည်"),
    ("my", "လူကုန်ကူးမှု", "ဤမြို့၌နေသောလူ၊ ကုန်ကူးမှု တိုးတက်သည်။"),
    ("my", "လူကုန်ကူးမှု", "ဤမြို့၌နေသောလူ။ကုန်ကူးမှု တိုးတက်သည်။"),
    ("my", "လူကုန်ကူးမှု", "ဤမြို့၌နေသောလူ\n\nကုန်ကူးမှု တိုးတက်သည်။"),
    ("my", "လူကုန်ကူးမှု", "ဤမြို့၌နေသောလူ 5 ကုန်ကူးမှု တိုးတက်သည်။"),
    ("th", "ค้ามนุษย์", "ตำรวจจับผู้ค้า มนุษย์เป็นสัตว์สังคม"),
    ("vi", "ma túy", "Con ma tùy ý xuất hiện."),
    ("vi", "bán", "Bàn và ban là hai từ khác nhau."),
    ("id", "sabu", "Ia membeli sabun dan sabuk baru."),
    ("id", "satwa", "Wisata ke margasatwa ditutup."),
    ("ms", "pati", "Polis mendapati burung merpati itu; intipati laporan dibaca."),
    ("tl", "droga", "Ang mga adrogador ay wala rito."),
    ("zh-Hans", "贩", "小贩摆摊"),
    ("zh-Hant", "毒", "消毒用品缺貨"),
    ("ta", "கடத்தல்", "கடத்தல்காரர் என்பது வேறு சொல்"),
]


@pytest.mark.parametrize("language, term, sentence, words", TRUE, ids=[f"{row[0]}-{row[1]}-{n}" for n, row in enumerate(TRUE)])
def test_is_found_where_it_stands(language: str, term: str, sentence: str, words: list[str]) -> None:
    assert found(language, term, sentence) == words


@pytest.mark.parametrize("language, term, sentence", MISSES, ids=[f"{row[0]}-{row[1]}" for row in MISSES])
def test_is_not_found_where_it_is_no_word(language: str, term: str, sentence: str) -> None:
    assert found(language, term, sentence) == []


@pytest.mark.parametrize("language", sorted({row[0] for row in TRUE}))
def test_every_language_has_true_sentences_and_traps(language: str) -> None:
    assert sum(row[0] == language for row in TRUE) >= 2
    assert any(row[0] == language for row in MISSES)
