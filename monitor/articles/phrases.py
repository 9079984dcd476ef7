"""The phrases by which the press marks what is not part of an article, in the languages of the region.

Each entry of a table is one regular expression, in which case does not count and a space stands for any run of spaces. What a phrase
means by itself is decided in `marks`, what it means where it stands in `furniture`.
"""
# ruff: noqa: E501  a pattern is read more easily in one piece

from __future__ import annotations

import re
from functools import lru_cache

ALSO_READ = (
    # en
    r"also read", r"read also", r"read more(?: on this(?: story)?)?", r"see also", r"related(?: stor(?:y|ies)| news| articles?| posts?"
    r"| reads?| content| topics?| coverage| links?)?", r"more on this(?: story| topic)?", r"more (?:stories|must[ -]?reads?(?: from [\w .]{2,30})?)", r"must[ -]?reads?(?: from [\w .]{2,30})?", r"more from [\w .]{2,30}", r"you (?:may|might) (?:also )?(?:like|enjoy|be interested in)",
    r"you might (?:also )?(?:like|be interested in)", r"recommended(?: (?:for you|reading|stories))?", r"editors?['’]?s? picks?", r"trending(?: now)?",
    r"most (?:read|popular|viewed)", r"latest (?:news|stories)", r"top stories", r"don['’]?t miss", r"must read", r"watch(?: also| now| more)?",
    r"in case you missed it", r"what others are reading", r"previous (?:article|story|post)", r"next (?:article|story|post)", r"read next", r"up next",
    r"other news", r"similar (?:stories|articles)", r"dig deeper", r"further reading", r"explore more", r"for more on this story",
    # id, ms, tl, tet
    r"baca juga", r"baca(?: lagi| selengkapnya| artikel| berita)?", r"simak(?: juga)?", r"lihat juga", r"tonton(?: juga)?", r"saksikan(?: juga| video)?",
    r"pilihan (?:redaksi|editor)", r"artikel (?:terkait|lainnya|berkaitan)", r"berita (?:terkait|lainnya|berkaitan|populer|terbaru)", r"terpopuler",
    r"terkait", r"rekomendasi(?: untuk anda)?", r"cerita berkaitan", r"laporan berkaitan", r"anda mungkin (?:juga )?(?:minat|suka)",
    r"basahin(?: din| rin| pa)?", r"kaugnay na (?:balita|ulat)", r"panoorin(?: din)?", r"mga kaugnay na (?:balita|artikulo)", r"iba pang balita",
    r"lee mos", r"notísia relevante",
    # vi
    r"xem thêm", r"đọc thêm", r"đọc tiếp", r"xem tiếp", r"mời (?:quý vị |bạn |độc giả )?(?:xem|đọc)(?: thêm)?", r"tin (?:liên quan|cùng chuyên mục|nổi bật)",
    r"(?:bài|chủ đề|các bài|tin bài) (?:viết )?liên quan", r"có thể bạn quan tâm", r"tin (?:mới|khác)",
    # th
    r"อ่านเพิ่มเติม", r"อ่านข่าว(?:ที่เกี่ยวข้อง|เพิ่มเติม|อื่นๆ|ต่อ)?", r"อ่าน(?:ต่อ|ประกอบ|เพิ่ม|ด้วย)", r"(?:ข่าว|บทความ|เรื่อง|เนื้อหา|คลิป)ที่(?:เกี่ยวข้อง|น่าสนใจ)",
    r"ข่าวเกี่ยวข้อง", r"เรื่องที่เกี่ยวข้อง", r"ดู(?:ข่าว|คลิป)(?:เพิ่มเติม)?", r"คลิก(?:อ่าน|ชม|ที่นี่)?", r"ข่าว(?:แนะนำ|ล่าสุด|ยอดนิยม|อื่นๆ|ก่อนหน้า)", r"แนะนำ",
    r"เปิดอ่าน",
    # lo, km, my
    r"ອ່ານ(?:ເພີ່ມ(?:ຕື່ມ|ເຕີມ)?|ຂ່າວ|ຕໍ່)", r"ຂ່າວທີ່ກ່ຽວຂ້ອງ", r"ຂ່າວກ່ຽວຂ້ອງ", r"ຂ່າວ(?:ຫຼ້າ|ລ່າ)ສຸດ", r"ບົດຄວາມທີ່ກ່ຽວຂ້ອງ",
    r"អាន(?:បន្ថែម|បន្ត|ផងដែរ)", r"(?:ព័ត៌មាន|អត្ថបទ|ប្រធានបទ)(?:ពាក់ព័ន្ធ|ទាក់ទង|ផ្សេងទៀត|ថ្មីៗ)", r"មើលបន្ថែម", r"សូមអាន",
    r"ဆက်စပ်(?:သတင်း|ဖတ်ရှု|အကြောင်းအရာ)(?:များ|ရန်)?", r"ဆက်လက်ဖတ်ရှု(?:ရန်|ပါ)?", r"ဆက်ဖတ်ရန်", r"ဖတ်ရှုရန်", r"နောက်ဆုံးရသတင်း(?:များ)?",
    # zh, ta
    r"(?:延伸|相关|相關|推荐|推薦|扩展|更多)(?:阅读|閱讀|新闻|新聞|报道|報導|文章|内容|內容|资讯|資訊|链接|連結)", r"另见", r"另見", r"点击(?:阅读|查看)(?:更多)?",
    r"點擊(?:閱讀|查看)(?:更多)?", r"看更多", r"阅读更多", r"閱讀更多", r"更多精彩", r"热门(?:新闻|文章)", r"熱門(?:新聞|文章)", r"猜你喜欢", r"你可能(?:还|也)?(?:喜欢|感兴趣)",
    r"上一篇", r"下一篇", r"(?:热门|熱門|精彩|今日|编辑|編輯|为您|為您|相关|相關|延伸 ?· ?)(?:推荐|推薦)", r"(?:点击|點擊|跟贴|阅读|閱讀|热门|熱門)(?:排行|榜)(?:榜)?", r"文章导航", r"相关专题",
    r"மேலும் (?:படிக்க|வாசிக்க|செய்திகள்)", r"இத(?:னை)?யும் (?:படிங்க|படியுங்கள்|படிக்கவும்|வாசிங்க)", r"தொடர்புடைய (?:செய்திகள்|செய்தி)",
)  # fmt: skip

# Phrases that no sentence begins with: what follows them on the line is a teaser even without a colon.
ALSO_READ_BARE = (
    r"also read", r"read also", r"baca juga", r"simak juga", r"tonton juga", r"basahin (?:din|rin)", r"xem thêm", r"đọc thêm", r"อ่านเพิ่มเติม", r"ข่าวที่เกี่ยวข้อง",
    r"อ่านข่าว(?:ที่เกี่ยวข้อง|เพิ่มเติม|อื่นๆ)", r"คลิก(?:อ่าน|ชม|ที่นี่)", r"延伸阅读", r"延伸閱讀", r"相关阅读", r"相關閱讀", r"相关新闻", r"相關新聞", r"អានបន្ថែម", r"អានបន្ត", r"ອ່ານເພີ່ມຕື່ມ",
    r"இத(?:னை)?யும் (?:படிங்க|படியுங்கள்|படிக்கவும்)", r"read more (?:on|at|about|here)",
)  # fmt: skip

_NETWORKS = (
    r"facebook|twitter|x|google ?\+|googleplus|whats ?app|telegram|line|linkedin|pinterest|reddit|messenger|viber|wechat|weibo|tumblr|flipboard|"
    r"e-?mail|threads|instagram|tik ?tok|youtube|bluesky|mastodon|zalo|微信|微博|pocket|print|copy(?: link)?|sms|telegramme|skype|kakao(?:talk)?|lemon8|qq(?:空间|空間|好友)?|豆瓣|百度"
)


def _share(verbs: str, words: str) -> str:
    """A verb of sharing with what may follow it on a button, in any order."""
    return rf"(?:{verbs})(?: ?(?:{words}|{_NETWORKS})(?-i:(?![a-z\u00e0-\u024f\u1e00-\u1eff]))){{0,8}}"


SHARE = (
    rf"(?:click to )?(?:share|send|post|tweet|pin|print|e-?mail)(?: (?:this|it|on|to|via|with|about|a|an|the|by|in|your|someone|friends?|link|page|article|story|post|"
    rf"news|{_NETWORKS})(?-i:(?![a-z]))){{0,6}}(?: \(opens in new window\))?",
    rf"(?:(?<![a-z])(?:{_NETWORKS})(?-i:(?![a-z])))",
    r"it['’]s only fair to share", r"sharing is caring", r"(?:opens in new window)", r"copy (?:link|url)", r"shares?", r"tweet about this on twitter",
    r"email this to someone", r"print this page", r"like this", r"loading", r"font size", r"listen to this article", r"save(?: this)?(?: article)?", r"bookmark",
    _share(r"bagikan|sebarkan|kongsi(?:kan)?|sebar", r"ke|di|dan|melalui|lewat|via|kepada|artikel|berita|laporan|halaman|ini|teman|rakan|anda"),
    r"salin (?:link|tautan|pautan)", r"cetak",
    _share(r"ibahagi|i-share|mag-share", r"ang|ng|ito|itong|sa|balitang|balita|artikulo|artikulong|iyong|mga|kaibigan"),
    _share(r"chia sẻ", r"bài viết|bài|tin|này|qua|lên|với|bạn bè|và|,"), r"sao chép liên kết", r"in bài(?: viết)?", r"gửi email",
    _share(r"แชร์|แบ่งปัน", r"ข่าว|บทความ|หน้า|เรื่อง|โพสต์|นี้|ให้|กับ|เพื่อนๆ|เพื่อน|เลย|ไปยัง|ไป|ผ่าน|บน|ต่อ"), r"คัดลอกลิงก์", r"คัดลอกลิงค์", r"ทวีต", r"พิมพ์",
    _share(r"ແບ່ງປັນ|ແຊຣ໌|ແຊຣ", r"ຂ່າວ|ບົດຄວາມ|ນີ້|ໃຫ້|ໝູ່|ເພື່ອນ|ໄປ|ຜ່ານ"), _share(r"ចែករំលែក|ចែក​រំលែក", r"ព័ត៌មាន|អត្ថបទ|នេះ|ទៅ|មិត្តភក្តិ|តាម"),
    r"(?:(?:ဒီ|ဤ)သတင်း(?:ကို)? ?)?မျှဝေ(?:ရန်|ပါ|မည်)?",
    _share(r"分享", r"到|至|给|給|此文|本文|这篇|這篇|这则|這則|文章|新闻|新聞|朋友圈|好友|朋友"), r"复制链接", r"複製連結", r"打印", r"列印",
    r"(?:இந்த(?:ச்)? (?:செய்தியை|கட்டுரையை|பதிவை) )?பகிர(?:ுங்கள்|்க|்|வும்)?", r"பகிர்ந்து கொள்ள", r"partilha",
)  # fmt: skip

SITE_NOTICE = (
    r"note ?: ?all (?:photograph|news|content|information|right).*", r".*all rights reserved.*", r"(?:\(c\)).*", r".{0,40}©.*",
    r"(?:copyright|hak ?cipta|karapatang-?ari)\b(?: ?(?:©|\(c\)|:|notice|terpelihara|dilindungi|\d{4}|by\b).*|(?!.*[.!?]$).{0,80})", r"(?:.{0,60})lahat ng karapatan ay.{0,40}",
    r"disclaimer ?[:：].*", r".*สงวนลิขสิทธิ์.*", r"bản quyền (?:thuộc|của).*", r".*(?:版权所有|版權所有|不得转载|不得轉載|未[经經](?:授权|授權|许可|許可|同意).{0,6}(?:转载|轉載|摘编|摘編|复制|複製)).*",
    r".*ສະຫງວນລິຂະສິດ.*", r".*រក្សាសិទ្ធិគ្រប់យ៉ាង.*", r"(?!.*។$).{0,40}រក្សាសិទ្ធិ.{0,60}", r"(?!.*။$).{0,40}မူပိုင်ခွင့်.{0,40}", r".{0,20}பதிப்புரிமை(?!.*\.$).{0,60}", r".*dilarang (?:mengutip|menyalin|memperbanyak).*", r"this (?:article|story|content) (?:was )?(?:first|originally) (?:appeared|published).*",
    r"(?:.{0,60}\|)?[^.]{0,60}\[email protected\].{0,60}", r"this (?:site|page) is protected by recaptcha.*", r"(?:please )?enable javascript.{0,100}", r"your browser does not support.{0,80}",

    r"back to top", r"kembali ke atas", r"skip to (?:main )?content", r"\d{1,3} ?(?:min(?:ute)?s?|menit|minit|phút|นาที)(?:s)?[ -](?:read|baca|bacaan|đọc|อ่าน)", r"(?:estimated )?reading time.{0,30}",
    r"[（(【「]?(?:免责|免責|特别|特別|郑重|鄭重|风险|風險)(?:声明|聲明|提示)[】)）」]?(?: ?[:：].*)?", r".{0,30}(?:本文|文章|文中|以上|评论|評論|跟帖|本站|本网|本網).{0,60}(?:代表|表明|反映|构成|構成).{0,40}(?:观点|觀點|立场|立場|意见|意見|投资建议|投資建議).{0,200}",
    r"(?:您|你)?(?:当前|當前|现在|現在|所在|所处)(?:的)?位置 ?[:：].*", r"字(?:号|體|体)(?:大小)?(?: ?[:：])?[\s\[\]［］大中小打印特默认|]{0,30}", r"[（(]?(?:本文)?原(?:标题|標題)(?:为|為)?[:：].{1,80}[）)》】」!！?？]", r"发送邮件至.{0,80}",
    r".{0,60}(?:扫描|掃描|长按|長按|识别|識別).{0,10}(?:二维码|二維碼).{0,60}", r"(?:the )?(?:views|opinions)(?: and opinions)? expressed (?:here|above|in (?:this|the) (?:article|column|piece|commentary|op-?ed|story)|(?:by the (?:author|writer|columnist)))\b.{0,300}",
    r"(?:责任编辑|責任編輯|本文来源|编辑|編輯|校对|審核)[:：].{0,40}", r"(?:责编|責編|校对|校對|编审|審核|审核|监制|監製|值班编辑|编辑|編輯) ?[|｜/丨:：] ?.{1,40}",
)  # fmt: skip

# What a site asks of its reader. A sentence that reports is none of it, whatever words it begins with: see REPORTS.
CALLS = (
    r"terms (?:of (?:use|service)|and conditions).{0,60}", r"privacy policy.{0,60}", r"for comments?, e-?mail to ?:?.*", r"(?:have a (?:story|news) tip|got a tip)\??.{0,120}", r"(?:please )?(?:support|donate|become a (?:member|supporter))\b.{0,100}\b(?:journalism|newsroom|donation)\b.{0,100}",
    r"(?:contact|e-?mail) (?:the (?:author|reporter|editor)|us)(?: (?:at|on|via|by|here|for|with|if|today)\b.{0,80})?", r"click here(?: (?:to|for)\b.{0,100})?",
    r"(?:please )?(?:follow|like|join|add|subscribe to|sign up|download|get|install|stay (?:tuned|updated|connected)|find us|visit us|connect with us)\b.{0,140}\b(?:us|our|newsletters?|channel|app|facebook|twitter|telegram|whatsapp|instagram|google news|inbox|page|updates)\b.{0,80}",
    r"(?:get|receive) (?:the (?:latest|best|top|most important)|our)\b.{0,120}\b(?:inbox|newsletter|telegram|whatsapp|app)\b.{0,60}", r"subscribe(?: now| today)?[!.]?", r"newsletters?", r"sign up(?: here| now)?[!.]?", r"log ?in(?: or (?:register|sign up|subscribe))?[!.]?",
    r"(?:dapatkan|ikuti|baca|simak|cek|gabung|yuk|mari|jangan lewatkan)\b.{0,160}\b(?:google news|whatsapp channel|saluran whatsapp|channel (?:whatsapp|telegram)|aplikasi|newsletter|buletin|di sini|telegram|grup telegram|pilihan kamu)\b.{0,100}",
    r"(?:ikuti|sertai|langgan|muat turun|dapatkan)\b.{0,160}\b(?:saluran|telegram|whatsapp|aplikasi|facebook|kami di)\b.{0,100}", r"(?:i-?follow|i-?like|sundan|sumali)\b.{0,100}\b(?:facebook|page|channel|kami)\b.{0,80}",
    r"(?:dapatkan|daftar|berlangganan|langgan|terima)\b.{0,100}\b(?:newsletter|buletin|surat berita|surel|e-?mel|email|akses tanpa batas)\b.{0,60}", r"(?:mag-?|i-?)(?:subscribe|sign[ -]?up|follow|like|join|download)\b.{0,60}\b(?:aming|namin|newsletter|channel|page|app)\b.{0,80}",
    r"(?:theo dõi|tải (?:ứng dụng|app)|đăng ký (?:nhận|kênh)|mời bạn (?:theo dõi|tham gia)|nhận (?:bản tin|tin tức|tin mới)\b.{0,60}\b(?:email|hộp thư))\b.{0,140}", r"รับข่าว.{0,40}(?:อีเมล|จดหมายข่าว|สมัคร).{0,40}", r"(?:ติดตาม|กดติดตาม|กดไลก์|กดไลค์|เพิ่มเพื่อน|ดาวน์โหลด(?:แอป)?|สมัคร(?:สมาชิก|รับ(?:ข่าว|จดหมายข่าว))|เกาะติด).{0,60}(?:ได้ที่|ข่าวสาร|line|facebook|youtube|twitter|tiktok|แอป|จดหมายข่าว|ช่องทาง|ที่นี่|@).{0,160}",
    r"(?:ຕິດຕາມ|ກົດ(?:ຕິດຕາມ|ໄລ໌)).{0,60}(?:ໄດ້ທີ່|ຂ່າວສານ|facebook|ເພຈ|ຊ່ອງ).{0,120}", r"(?:ລົງທະບຽນ|ສະໝັກ).{0,20}(?:ຈົດໝາຍຂ່າວ|ຂ່າວສານ|ສະມາຊິກ).{0,80}", r"ទទួល(?:ព័ត៌មាន|ព្រឹត្តិបត្រ).{0,40}(?:អ៊ីមែល|ចុះឈ្មោះ).{0,60}", r"(?:សូម)?(?:ចុច|ចុះឈ្មោះ).{0,40}(?:subscribe|ឆានែល|ព្រឹត្តិបត្រ|អ៊ីមែល).{0,60}", r".{0,60}(?:subscribe|like|follow|ချန်နယ်|သတင်းလွှာ).{0,60}(?:လုပ်ပါ|သွင်းပါ|ယူပါ).{0,10}",
    r"(?:សូម)?(?:តាមដាន|ចូលរួម|ភ្ជាប់ទំនាក់ទំនង).{0,80}(?:facebook|telegram|តេឡេក្រាម|ហ្វេសប៊ុក|បណ្ដាញ|ឆានែល).{0,120}",
    r"(?:欢迎|歡迎|立即|扫码|掃碼|扫一扫|掃一掃|马上|馬上|点击|點擊|免费|免費)?(?:订阅|訂閱|关注|關注).{0,40}(?:简报|簡報|电子报|電子報|频道|頻道|公众号|公眾號|邮箱|信箱|通讯|通訊).{0,40}", r"(?:按[赞讚].{0,6})?(?:关注|關注|扫描|掃描|下载|下載|订阅|訂閱|加入).{0,60}(?:公众号|微信|二维码|APP|客户端|電子報|频道|頻道|telegram|facebook|粉絲|粉丝|专页|專頁).{0,80}", r".{0,40}(?:சேனல|செய்திமடல|யூடியூப்).{0,40}(?:சப்ஸ்கிரைப்|பதிவு செய்ய|பின்தொடர).{0,40}", r".{0,60}(?:whatsapp|telegram|facebook).{0,40}(?:சேனல|பின்தொடர|இணைய).{0,80}",
)  # fmt: skip

# What only a sentence of news says: who said it, whom it befell, what police and courts did.
REPORTS = (
    r"\b(?:said|says|told|wrote|asked|showed|warned|promised|shouted|was|were|had|has|he|she|who|whom|many|and you|victims?|suspects?|arrested|charged|police|court|gang|scam(?:mer)?s?)\b",
    r"\b(?:kata|ujar|menurut|janji|polisi|polis|korban|mangsa|tersangka|suspek|pelaku|penipu(?:an)?|sindi[ck][ae]t|hakim|jaksa|didakwa|ditangkap|ditahan|ditipu)\b",
    r"\b(?:ayon|sabi|sinabi|pulisya|biktima|naaresto|hukom)\b",
    r"(?<!\w)(?:công an|cảnh sát|đối tượng|nạn nhân|bị can|bị bắt|bắt giữ|khởi tố|lừa đảo|cho biết|cho hay|theo ông|theo bà)(?!\w)",
    r"ตำรวจ|จับกุม|ผู้ต้องหา|ผู้เสียหาย|เหยื่อ|คนร้าย|แก๊ง|พนัน|อัยการ|กล่าวว่า|เปิดเผยว่า|หลอก|ชักชวน", r"ຕຳຫຼວດ|ຜູ້ຕ້ອງຫາ|ຜູ້ເຄາະຮ້າຍ|ກ່າວວ່າ|ຈັບ|ຫຼອກ|ພະນັນ",
    r"នគរបាល|រងគ្រោះ|ជនសង្ស័យ|ឃាត់ខ្លួន|តុលាការ|ចោទប្រកាន់|បានឲ្យដឹង|បានប្រាប់|បោក", r"ရဲတပ်|ဖမ်းဆီး|ပြောကြား|တရားခံ|လိမ်လည်|တရားရုံး",
    r"警方|公安|受害|嫌犯|嫌疑|被告|检察|檢察|起诉|起訴|逮捕|骗|騙|损失|損失|民众|民眾|(?<!其)他|她|表示|告诉|告訴|[称稱说說][，。：]", r"காவல்|போலீ|மோசடி|வழக்கு|கைது|கும்பல்|தெரிவித்த|கூறின",
)  # fmt: skip

PAYWALL = (
    r"(?:please )?(?:subscribe|log ?in|sign ?(?:in|up)|register|become a (?:member|subscriber))\b.{0,40}\b(?:to|and) (?:continue|keep|read|unlock|access|get (?:full|unlimited))\b.{0,80}",
    r"already (?:a )?(?:subscriber|subscribed|a member|have an account|registered)\b.{0,60}", r"(?:this|the) (?:article|story|content) is (?:only )?(?:available )?(?:for|to) (?:paying |registered )?(?:subscribers|members)\b.{0,60}",
    r"you have (?:\w+ )?(?:\d+ )?(?:free )?(?:articles|stories) (?:left|remaining)\b.{0,60}", r"(?:subscriber|members?|premium)[ -]only(?: content| article)?", r"unlock (?:this|the|full)\b.{0,60}",
    r"(?:langgan|berlangganan|daftar|log masuk|masuk)\b.{0,40}\buntuk (?:membaca|terus|melanjutkan|akses)\b.{0,60}", r"(?:đăng nhập|đăng ký)\b.{0,30}\bđể (?:đọc|xem)(?: tiếp)?.{0,40}", r"(?:สมัครสมาชิก|เข้าสู่ระบบ)เพื่ออ่าน.{0,60}",
    r"(?:登录|登入|订阅|訂閱|加入会员|加入會員).{0,12}(?:阅读|閱讀|查看|继续|繼續|解锁|解鎖).{0,20}",
)  # fmt: skip

COOKIES = (
    r"(?:this|our) (?:web ?site|site|page)s? uses? cookies.*", r"we (?:and our (?:\d+ )?partners )?use cookies.*", r"by (?:continuing|clicking|closing|scrolling|using (?:this|our|the))\b.{0,120}\bcookies?\b.*", r"accept (?:all )?cookies.*", r"manage (?:cookie )?(?:preferences|settings|consent)",
    r"(?:situs|laman)(?: web)?(?: ini)? menggunakan (?:cookie|kuki).*", r"(?:เว็บไซต์นี้|เรา)(?:มีการ)?ใช้คุกกี้.*", r".{0,30}(?:trang web|chúng tôi).{0,30}sử dụng cookie.*", r".{0,20}(?:使用|採用)\s*cookies?.*", r"gumagamit .{0,30}cookies?.*",
)  # fmt: skip

ADVERT = (
    r"advertisements?", r"advertorial", r"sponsored(?: content| by.{0,40})?", r"promoted(?: content)?", r"\[?ad\]?", r"iklan", r"scroll (?:to continue|down|untuk|ke).{0,60}", r"advertisement.{0,4}continue reading below", r"story continues (?:below|after).{0,40}",
    r"(?:article|content) continues (?:below|after).{0,40}", r"lanjutkan (?:membaca|dengan).{0,40}", r"gulir untuk.{0,40}", r"โฆษณา", r"quảng cáo", r"广告", r"廣告", r"ໂຄສະນາ", r"ផ្សាយពាណិជ្ជកម្ម", r"ពាណិជ្ជកម្ម", r"ကြော်ငြာ", r"விளம்பரம்", r"patalastas",
)  # fmt: skip

COMMENTS = (
    r"(?:\d+ |no |leave a |post a |add a |view |show |read )?comments?(?: ?\(?\d*\)?| section| below| policy)?", r"leave a (?:reply|comment)", r"join the (?:discussion|conversation)", r"\d+ responses?", r"(?:tulis |beri |kolom |isi )?komentar(?: ?\(?\d+\)?| anda)?", r"ulasan(?: ?\(?\d+\)?)?",
    r"(?:mga )?komento", r"(?:ý kiến )?bình luận(?: ?\(?\d+\)?)?", r"(?:แสดง)?ความ(?:คิดเห็น|เห็น)(?: ?\(?\d+\)?)?", r"ຄວາມ(?:ຄິດ)?ເຫັນ", r"មតិយោបល់", r"မှတ်ချက်(?:များ)?", r"(?:发表)?评论(?:区)?(?: ?[(（]?\d+[)）]?)?", r"(?:發表)?(?:評論|留言)(?: ?[(（]?\d+[)）]?)?", r"கருத்துகள்",
)  # fmt: skip

TAGS = (
    r"tags?", r"topics?", r"keywords?", r"filed under", r"posted in", r"categor(?:y|ies)", r"kata kunci", r"topik(?: terkait)?", r"label", r"từ khóa", r"chủ đề", r"แท็ก(?:ที่เกี่ยวข้อง)?", r"ป้ายกำกับ", r"คำค้น", r"ແທັກ", r"ស្លាក", r"标签", r"標籤", r"关键词", r"關鍵字", r"குறிச்சொற்கள்",
)  # fmt: skip

# A credit that needs no colon, if it stands alone.
PHOTO_BY = (
    r"(?:file |courtesy |handout )?(?:photos?|pictures?|images?|photographs?|graphics?|videos?) (?:by|from|courtesy(?: of)?)", r"foto (?:oleh|dari|milik|kiriman)", r"gambar (?:oleh|ihsan|dari)",
    r"(?:larawan|kuha) (?:mula sa|mula kay|ni|kuha ni)", r"ảnh (?:do|của|từ)", r"(?:ขอบคุณ)?(?:ภาพ|รูป)(?:จาก|โดย)", r"(?:ຮູບ|ຮູບພາບ|ພາບ)(?:ຈາກ|ໂດຍ)", r"(?:រូបភាព|រូបថត)(?:ពី|ដោយ)", r"[图圖]片?由", r"[图圖]源",
)  # fmt: skip

CREDIT = (
    r"courtesy(?: of)?", r"(?:news )?sources?", r"sumber(?: artikel| berita)?", r"via", r"ที่มา(?:ของ)?(?:ข่าว|ข้อมูล|ภาพ)?", r"ขอบคุณ(?:ข้อมูล|ภาพ)?(?:จาก)?", r"nguồn(?: tin| bài)?", r"ແຫຼ່ງ(?:ຂ່າວ|ຂໍ້ມູນ)", r"ທີ່ມາ", r"ប្រភព(?:ព័ត៌មាន|៖)?", r"来源", r"來源", r"(?:稿件|文章|新闻|信息|消息|内容|图片)来源", r"资料来源", r"資料來源", r"ஆதாரம்", r"ref(?:erence)?s?",
    r"sinalin(?: ni)?", r"pinagmulan", r"editing by", r"reporting by", r"edited by", r"additional reporting by", r"editor", r"penyunting", r"redaktur", r"pewarta", r"fotografer", r"biên tập",
)  # fmt: skip

BY_LINE = (
    r"by", r"written by", r"story by", r"text by", r"report(?:ed)? by", r"words by", r"from our correspondent", r"oleh", r"penulis", r"laporan", r"reporter", r"ditulis oleh", r"wartawan", r"ni", r"isinulat ni", r"ulat ni", r"bởi", r"tác giả", r"bài(?: và ảnh)?", r"thực hiện", r"โดย", r"ผู้เขียน", r"เขียนโดย", r"ข่าวโดย", r"เรื่อง", r"ผู้สื่อข่าว", r"ໂດຍ", r"ຂ່າວ(?:ໂດຍ)?", r"ຜູ້ຂຽນ", r"ບົດຄວາມໂດຍ",
    r"ដោយ", r"អត្ថបទ", r"អ្នកសរសេរ", r"រាយការណ៍ដោយ", r"ရေးသားသူ", r"သတင်း", r"သတင်းထောက်", r"作者", r"记者", r"記者", r"文", r"撰文", r"报道", r"報導", r"எழுதியவர்", r"நிருபர்", r"hakerek na['’]in",
)  # fmt: skip

DATE_LABEL = (
    r"published(?: (?:on|at|date))?", r"posted(?: (?:on|at))?", r"(?:last |latest )?updated?(?: (?:on|at))?", r"latest update", r"first published", r"date(?: published)?", r"created(?: on)?", r"modified", r"release date", r"diterbitkan(?: pada)?", r"dipublikasikan", r"terbit", r"diperbarui", r"diupdate", r"kemas ?kini", r"dikemas ?kini", r"tarikh(?: kemaskini)?", r"tanggal", r"disiarkan(?: pada)?", r"nai-?publish", r"inilathala", r"petsa",
    r"cập nhật(?: lúc)?", r"ngày(?: đăng| cập nhật)?", r"đăng(?: lúc| ngày)?", r"thứ (?:hai|ba|tư|năm|sáu|bảy)", r"chủ nhật", r"เผยแพร่(?:เมื่อ|แล้ว)?", r"อัปเดต(?:ล่าสุด|เมื่อ)?", r"อัพเดต(?:ล่าสุด)?", r"ปรับปรุง(?:ล่าสุด|เมื่อ)?", r"แก้ไขล่าสุด", r"วันที่", r"วัน", r"เมื่อ", r"ที่", r"โพสต์(?:เมื่อ)?", r"เวลา", r"ເຜີຍແຜ່", r"ວັນທີ", r"ວັນ", r"ອັບເດດ", r"ເວລາ", r"ចេញផ្សាយ", r"ផ្សាយ", r"ថ្ងៃទី", r"ថ្ងៃ", r"ខែ", r"ឆ្នាំ", r"ម៉ោង", r"ថ្ងៃចេញផ្សាយ", r"ထုတ်ပြန်", r"ရက်(?:စွဲ)?", r"နေ့", r"နာရီ", r"发布(?:时间|于|日期)?", r"發布(?:時間|於|日期)?", r"更新(?:时间|時間|于|於)?", r"时间", r"時間", r"日期", r"வெளியிடப்பட்டது", r"பதிவு(?: செய்த நாள்)?", r"புதுப்பிக்கப்பட்டது", r"am|pm|hrs?|hours|at|on|น\.", r"publika(?:du)?",
    r"noon|midnight|tengah ?hari|pagi|petang|malam|siang|sore|ng umaga|ng hapon|ng gabi|sáng|chiều|tối|上午|下午|晚上|早上|凌晨|中午|เช้า|บ่าย|ค่ำ|ຕອນເຊົ້າ|ຕອນແລງ|ព្រឹក|រសៀល|ល្ងាច|နံနက်|ညနေ|காலை|மாலை",
)  # fmt: skip

PHOTO = (
    r"(?:file |courtesy |screen ?grab |handout )?(?:photos?|pic(?:ture)?s?|images?|photographs?|graphics?|illustrations?|screenshots?|screengrabs?|video)(?: (?:by|from|courtesy(?: of)?|credit|via|source|for illustration(?: purposes)?(?: only)?))?", r"photo credit", r"image credit", r"credits?", r"foto(?:grafi|grafer)?(?: oleh| dari| ilustrasi)?", r"gambar(?: oleh| hiasan| fail| ihsan)?", r"ilustrasi", r"ihsan", r"dok(?:umentasi)?\.?",
    r"larawan(?: mula sa| ni| kuha)?", r"kuha(?: ni)?", r"ảnh(?: chụp màn hình| minh họa| tư liệu)?", r"hình(?: ảnh)?", r"ภาพ(?:จาก|โดย|ประกอบ|ข่าว|ถ่าย)?", r"(?:ขอบคุณ|เครดิต|ที่มา)ภาพ", r"แฟ้มภาพ", r"ຮູບ(?:ພາບ)?(?:ຈາກ|ໂດຍ)?", r"ພາບ(?:ຈາກ|ໂດຍ)?", r"ເຄຣດິດ(?:ຮູບ|ພາບ)", r"រូបភាព(?:ពី)?", r"រូប(?:ថត)?", r"ဓာတ်ပုံ", r"ဓါတ်ပုံ", r"图(?:片|源)?(?:来源)?", r"圖(?:片|源)?(?:來源)?", r"照片", r"摄影?", r"攝影?", r"资料图片?", r"資料圖片?", r"படம்", r"புகைப்படம்",
)  # fmt: skip

AGENCIES = (
    r"afp(?: photo)?|reuters|ap(?: photo)?|associated press|epa(?:-efe)?|getty(?: images)?|xinhua|bernama|antara(?: foto| news)?|pna|vna|ttxvn|tna|kpl|akp|bna|ani|pti|yonhap|kyodo|anadolu|shutterstock|istock|unsplash|pexels|wikimedia(?: commons)?|"
    r"nhat ?bac|nurphoto|zuma|sipa|bloomberg|dpa|tass|cnsphoto|vcg|新华社|新華社|法新社|路透社?|美联社|中新社|中央社|แฟ้มภาพ|ihsan|nstp|the star|st file|pool|file|handout|courtesy|supplied|screen ?grab|youtube|facebook"
)

KICKER = r"(?:exclusive|video|watch|photos?|gallery|in pictures|opinion|commentary|analysis|podcast|live|live blog|quiz|infographic|explainer|editorial|column|sponsored|premium|feature|interview|eksklusif|foto|galeri|infografik|infografis|คลิป|ภาพข่าว|视频|視頻|图集|專題)"


def _pattern(phrases: tuple[str, ...] | str) -> str:
    joined = phrases if isinstance(phrases, str) else "|".join(phrases)
    return joined.replace(" ?", "\\s?").replace(" ", r"\s+")


@lru_cache(maxsize=64)
def compiled(before: str, phrases: tuple[str, ...] | str, after: str) -> re.Pattern[str]:
    """`before`, any of `phrases`, `after` as one pattern without case."""
    return re.compile(f"{before}(?:{_pattern(phrases)}){after}", re.IGNORECASE)
