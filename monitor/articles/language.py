"""Which language a text is in. The script decides where it can, then the letters that only Vietnamese has, then pycld2; between Malay and
Indonesian, which share most words, the words decide that only one of them has."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

try:
    import pycld2
except ImportError:  # no wheel for this Python, and not everyone has a compiler: py3langid decides alone
    pycld2 = None

_SAMPLE = 3000

# Blocks of characters by language, or by script where several languages of the region share it and a second look is needed.
_BLOCKS: tuple[tuple[int, int, str], ...] = (
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x1780, 0x17FF, "km"),
    (0x1000, 0x109F, "my"),
    (0xAA60, 0xAA7F, "my"),
    (0x0B80, 0x0BFF, "ta"),
    (0x3040, 0x30FF, "ja"),
    (0xAC00, 0xD7AF, "ko"),
    (0x4E00, 0x9FFF, "zh"),
    (0x3400, 0x4DBF, "zh"),
    (0x0400, 0x052F, "cyrl"),
    (0x0600, 0x06FF, "arab"),
    (0x0900, 0x097F, "deva"),
    (0x0370, 0x03FF, "el"),
    (0x05D0, 0x05EA, "he"),
)
_DECIDED = frozenset({"th", "lo", "km", "my", "ta", "ko"})
_WEIGHT = {"zh": 3, "ja": 3, "ko": 2}  # one such character counts as so many Latin letters

_SIMPLIFIED = frozenset(
    "国这个们来时为说对会发学经过现还没样问题关长东车马门见书电话军农医药业为义乡习买乱争亚产亲亿仅从仓众优传伤伦伪体余侦债儿兰"
    "兴养写冲决况净减凤划则刚创删别剧办务动励劳势区协单卖卫却厂厅历压县参双变号后吗听员响哑啸围图圆圣场坏块坚坛垦垫墙声处备够头夹夺奋"
    "奖妇妈娱孙宁宝实审宪宽宾导尔尘尝层属岁岛币师帐带帮并广庄库应庙废开异弃张弹强归当录彻径忆忧怀态怜总恋恶惊惩惯愿战户扑执扩扫扬扰"
    "护报担拟拥择挂挡挤挥损换据敌数断无旧显晓术杀权条极构枪柜标栏树档检楼概欢残毁毕气汇汉汤沟泪泽洁济测浓涉涨渐湾湿满滚滥灭灵灾烂热爱"
    "状独狱猎献环画疗监盖盘矿码确离种积称稳穷窃竞笔签简类粮纠红级纪约纯纲纳线练组细织终绍结给络绝统继绩绪续维综缅缓编缘缚罚罗职联"
    "脑脚脱腾舱艺节苏荣获营萨蓝虑虽补装观规视览觉触计订认讨让训议讯记讲许论设访证评识诈诉词译试诚询该详语误请诸课谁调谈谋谢财责败货质"
    "贩贪购贯贸费贺资赃赌赛赞赶趋跃践轨转轮软轻载较辆边达迁迈运进远连迟适选递遗邓邮释针钟钢钱铁银链销错键闪闭间闻阅队阳阴阵际陆险随难"
    "雾静页项顺须顾顿预领频颜额风飞饭饮馆驱验骗鱼鲜鸟黄龙齐"
)
_TRADITIONAL = frozenset(
    "國這個們來時為說對會發學經過現還沒樣問題關長東車馬門見書電話軍農醫藥業義鄉習買亂爭亞產親億僅從倉眾優傳傷倫偽體餘偵債兒蘭"
    "興養寫衝決況淨減鳳劃則剛創刪別劇辦務動勵勞勢區協單賣衛卻廠廳歷壓縣參雙變號後嗎聽員響啞嘯圍圖圓聖場壞塊堅壇墾墊牆聲處備夠頭夾奪奮"
    "獎婦媽娛孫寧寶實審憲寬賓導爾塵嘗層屬歲島幣師帳帶幫並廣莊庫應廟廢開異棄張彈強歸當錄徹徑憶憂懷態憐總戀惡驚懲慣願戰戶撲執擴掃揚擾"
    "護報擔擬擁擇掛擋擠揮損換據敵數斷無舊顯曉術殺權條極構槍櫃標欄樹檔檢樓概歡殘毀畢氣匯漢湯溝淚澤潔濟測濃漲漸灣濕滿滾濫滅靈災爛熱愛"
    "狀獨獄獵獻環畫療監蓋盤礦碼確離種積稱穩窮竊競筆簽簡類糧糾紅級紀約純綱納線練組細織終紹結給絡絕統繼績緒續維綜緬緩編緣縛罰羅職聯"
    "腦腳脫騰艙藝節蘇榮獲營薩藍慮雖補裝觀規視覽覺觸計訂認討讓訓議訊記講許論設訪證評識詐訴詞譯試誠詢該詳語誤請諸課誰調談謀謝財責敗貨質"
    "販貪購貫貿費賀資贓賭賽讚趕趨躍踐軌轉輪軟輕載較輛邊達遷邁運進遠連遲適選遞遺鄧郵釋針鐘鋼錢鐵銀鏈銷錯鍵閃閉間聞閱隊陽陰陣際陸險隨難"
    "霧靜頁項順須顧頓預領頻顏額風飛飯飲館驅驗騙魚鮮鳥黃龍齊臺灣與於"
)
_ONLY_SIMPLIFIED = _SIMPLIFIED - _TRADITIONAL
_ONLY_TRADITIONAL = _TRADITIONAL - _SIMPLIFIED

_VIETNAMESE = frozenset("ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words from the press that one of the two languages uses and the other hardly does.
_MALAY = _words(
    "polis kerana bahawa wang syarikat ahad isnin khamis jumaat dadah ringgit sen jenayah mahkamah peguam antarabangsa penyeludupan "
    "menyeludup diseludup pemerdagangan sindiket ogos disember julai mac ialah manakala beliau suspek lelaki kereta negeri kerajaan "
    "penguatkuasaan siasatan disiasat seksyen kanun keseksaan direman reman ops serbuan pendakwaan tertuduh pendatang imigresen "
    "maklumat timbalan jabatan kastam maritim rm berkata telefon bimbit lori motosikal hospital doktor pelaburan rakyat datuk seri tan "
    "sri kemboja britain jepun perancis mesir itali sepanyol baharu pelbagai sekiranya walaupun bagaimanapun justeru kelmarin petang "
    "semalam pejabat kakitangan warganegara pengarah menerusi aduan mesyuarat perdana parlimen bajet peratus bilion cukai sekolah "
    "universiti pelajar pasaran saham peringkat tiada amaran agensi selepas bermula kesihatan kampung bandar ipd ipk pdrm jsjk jsjn "
    "sprm jim apmm mkn kdn bukit aman putrajaya bernama harian metro sinar sahaja macam supaya daripada hendak awam tempatan "
    "memaklumkan mengesahkan filem "
)
_INDONESIAN = _words(
    "polisi karena bahwa uang perusahaan minggu senin kamis jumat narkoba narkotika sabu rupiah rp kejahatan pengadilan pengacara "
    "internasional penyelundupan menyelundupkan diselundupkan sindikat agustus desember juli maret sedangkan tersangka pria mobil "
    "kantor provinsi kabupaten kecamatan kota penyidik penyidikan penyelidikan pasal kuhp penahanan penggerebekan kejaksaan terdakwa "
    "wna wni imigrasi konferensi pers wakil direktur dinas bea polda polres polri bareskrim mabes kapolri kapolres kombes brigjen bnn "
    "tni senilai ujar tutur mengatakan ponsel handphone dokter bodong daring bisa para hingga usai ungkap ungkapnya ujarnya "
    "katanya tuturnya jelasnya imbuhnya lewat inggris prancis jepang italia spanyol kamboja berbagai jika meski meskipun kemarin sore "
    "gubernur bupati dpr anggaran persen miliar triliun pajak universitas mahasiswa ketimbang mendesak biayai energi gelombang gencatan "
    "memberikan layak dikutip dilansir sementara tentara resmi wib wita wit kompas detik tempo antara liputan kerap sempat yakni "
    "diketahui berdasarkan beserta guna demi silakan ingin butuh banget nggak tak enggak usaha setempat melansir kepolisian kecelakaan "
    "bbm kilogram aparat menangkap diamankan mengamankan pelaku modus dugaan diduga selaku perairan pesawat bandara "
)
_MALAY_ONLY = _MALAY - _INDONESIAN
_INDONESIAN_ONLY = _INDONESIAN - _MALAY
_FILIPINO = _words(
    "ang ng sa na mga ni ay nang kay si sina at ito siya ko niya nila kanilang kanyang ating nitong noong para kung hindi may"
)
_TETUM = _words(
    "iha ne'e husi hosi sira katak nia mós mos tanba hodi hela ida ne'ebé nebe tenke bele maibé timoroan ema estadu"
)


def detect(text: str, hint: str | None = None) -> str | None:
    """The BCP 47 tag of the language that most of `text` is in (`zh-Hans` and `zh-Hant` are told apart), None if that cannot be told.

    `hint` is the expected language, such as that of the site: it decides ties and short texts, but never against the script.
    """
    sample = text[:_SAMPLE]
    scripts = _scripts(sample)
    letters = sum(scripts.values())
    if not letters:
        return None
    script, weight = max(scripts.items(), key=lambda item: item[1] if item[0] != "latn" else 0)
    if scripts["ja"] * 8 >= scripts["ja"] + scripts["zh"] and scripts["ja"]:
        script, weight = "ja", scripts["ja"] + scripts["zh"]
    if script != "latn" and weight >= 0.35 * letters:
        if script in _DECIDED or script == "ja":
            return script
        return _chinese(sample, hint) if script == "zh" else _guess(sample, hint)
    return _latin(sample, hint)


def _scripts(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for char, count in Counter(text).items():
        if char.isascii():
            if char.isalpha():
                found["latn"] += count
            continue
        point = ord(char)
        if script := next((name for low, high, name in _BLOCKS if low <= point <= high), None):
            found[script] += count * _WEIGHT.get(script, 1)
        elif char.isalpha():
            found["latn"] += count
    return found


def _chinese(text: str, hint: str | None) -> str:
    simplified = sum(c in _ONLY_SIMPLIFIED for c in text)
    traditional = sum(c in _ONLY_TRADITIONAL for c in text)
    if simplified == traditional:
        return hint if hint and hint.startswith("zh") else "zh"
    return "zh-Hans" if simplified > traditional else "zh-Hant"


def _latin(text: str, hint: str | None) -> str | None:
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    letters = sum(len(word) for word in words)
    marked = sum(c in _VIETNAMESE for word in words for c in word)
    if marked >= 0.06 * letters:
        return "vi"
    if sum(word in _FILIPINO for word in words) >= 0.16 * len(words):
        return "tl"
    if sum(word in _TETUM for word in words) >= 0.18 * len(words) and len(words) >= 8:
        return "tet"
    guess = _guess(text, hint)
    if guess in ("id", "ms"):
        return _malay_or_indonesian(words, hint, guess)
    return guess


def _guess(text: str, hint: str | None) -> str | None:
    """The language by pycld2; the hint, or None, if it cannot tell."""
    if pycld2 is None:
        return str(_any_language().classify(text)[0])
    base = (hint or "").split("-")[0]
    try:
        reliable, _, details = pycld2.detect(text, bestEffort=True, hintLanguage=base or None, isPlainText=True)
    except pycld2.error:
        return hint
    code = str(details[0][1])
    if code == "un" or (not reliable and base and base in {d[1] for d in details}):
        return hint
    return {"iw": "he", "jw": "jv", "fil": "tl"}.get(code, code)


def _malay_or_indonesian(words: list[str], hint: str | None, guess: str) -> str:
    score: float = sum((word in _MALAY_ONLY) - (word in _INDONESIAN_ONLY) for word in words)
    base = (hint or "").split("-")[0]
    score += {"ms": 1, "id": -1}.get(base, 0)
    if abs(score) >= 2:
        return "ms" if score > 0 else "id"
    second = _bayes().classify(" ".join(words))[0]
    score += (0.6 if second == "ms" else -0.6) + (0.5 if guess == "ms" else -0.5)
    return "ms" if score > 0 else "id"


@lru_cache(maxsize=1)
def _any_language() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE)


@lru_cache(maxsize=1)
def _bayes() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(["id", "ms"])
    return identifier
