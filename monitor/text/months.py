"""Names of months, days and time zones as the press of the region writes them."""

from __future__ import annotations

_MONTHS: dict[int, str] = {
    1: "january jan januari ene janeiru janeiro enero ม.ค. มกราคม มกรา มค. ມັງກອນ ມ.ກ. មករា ဇန်နဝါရီ ဇန်နဝါရီလ ஜனவரி ஜன. 一月 1月 01月",
    2: "february feb februari pebruari peb fevereiru fevereiro pebrero ก.พ. กุมภาพันธ์ กุมภา กพ. ກຸມພາ ກ.ພ. កុម្ភៈ កុម្ភះ កុម្ភ: "
    "ဖေဖော်ဝါရီ பிப்ரவரி பிப். 二月 2月 02月",
    3: "march mar maret mac marsu março marso มี.ค. มีนาคม มีนา มีค. ມີນາ ມ.ນ. មីនា မတ် மார்ச் மார். 三月 3月 03月",
    4: "april apr abril abr abríl เม.ย. เมษายน เมษา เมย. ເມສາ ມ.ສ. មេសា ဧပြီ ஏப்ரல் ஏப். 四月 4月 04月",
    5: "may mei maiu maio mayo พ.ค. พฤษภาคม พฤษภา พค. ພຶດສະພາ ພ.ພ. ឧសភា မေ மே 五月 5月 05月",
    6: "june jun juni juñu junho hunyo hun มิ.ย. มิถุนายน มิถุนา มิย. ມິຖຸນາ ມິ.ຖ. មិថុនា ဇွန် ஜூன் 六月 6月 06月",
    7: "july jul juli julai jullu julho hulyo hul ก.ค. กรกฎาคม กรกฎา กค. ກໍລະກົດ ກ.ລ. កក្កដា ဇူလိုင် ஜூலை 七月 7月 07月",
    8: "august aug agustus agu agt ags ogos ogo agostu agosto agos ส.ค. สิงหาคม สิงหา สค. ສິງຫາ ສ.ຫ. សីហា ဩဂုတ် သြဂုတ် ஆகஸ்ட் ஆக. 八月 8月 08月",
    9: "september sep sept septembru setembru setembro setyembre septiyembre ก.ย. กันยายน กันยา กย. ກັນຍາ ກ.ຍ. កញ្ញា စက်တင်ဘာ "
    "செப்டம்பர் செப்டெம்பர் செப். 九月 9月 09月",
    10: "october oct oktober okt outubru outubro oktubre ต.ค. ตุลาคม ตุลา ตค. ຕຸລາ ຕ.ລ. តុលា အောက်တိုဘာ အောက်တိုဘာလ அக்டோபர் அக். 十月 10月",
    11: "november nov nopember novembru novembro nobyembre nob พ.ย. พฤศจิกายน พฤศจิกา พย. ພະຈິກ ພ.ຈ. វិច្ឆិកា နိုဝင်ဘာ நவம்பர் நவ. 十一月 11月",
    12: "december dec desember des disember dis dezembru dezembro disyembre ธ.ค. ธันวาคม ธันวา ธค. ທັນວາ ທ.ວ. ធ្នូ ဒီဇင်ဘာ "
    "டிசம்பர் டிச. 十二月 12月",
}
# French, German, Spanish, Portuguese, Italian, Dutch, Sundanese, and short ones of Burmese. Some are words or syllables of others, too
# (out, set, mai, ago, ဧ), so they count only where nothing but a date is written.
_ALONE = {
    "Jan": "janvier janv januar jänner jän gennaio gen ဇန်",
    "Feb": "février fevrier févr fév febrero febbraio februar fev pébruari péb ဖေ",
    "Mar": "mars märz maerz mär mrz marzo março maart mrt",
    "Apr": "avril avr abril aprile ဧ",
    "May": "mai maio maggio mag méi",
    "Jun": "juin junio junho giugno giu",
    "Jul": "juillet juil julio julho luglio lug ဇူ",
    "Aug": "août aout ago agosto augustus ဩ",
    "Sep": "septembre septiembre setiembre setembro settembre set séptémber sép စက်",
    "Oct": "octobre octubre outubro out ottobre ott အောက်",
    "Nov": "novembre noviembre novembro nopémber nop နို",
    "Dec": "décembre decembre déc diciembre dic dezember dez dicembre désémber dés ဒီ",
}
MONTHS_ALONE: dict[str, str] = {name: english for english, names in _ALONE.items() for name in names.split()}

_VIETNAMESE = "một hai ba tư năm sáu bảy tám chín mười mười_một mười_hai".split()
MONTHS: dict[str, int] = {
    **{name: number for number, names in _MONTHS.items() for name in names.split()},
    **{f"tháng {name.replace('_', ' ')}": number for number, name in enumerate(_VIETNAMESE, 1)},
}

_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
    "senin selasa rabu kamis jumat sabtu minggu isnin khamis jumaat ahad lunes martes miyerkules huwebes biyernes sabado linggo "
    "จันทร์ อังคาร พุธ พฤหัสบดี ศุกร์ เสาร์ อาทิตย์ ຈັນ ອັງຄານ ພຸດ ພະຫັດ ສຸກ ເສົາ ອາທິດ "
    "ច័ន្ទ អង្គារ ពុធ ព្រហស្បតិ៍ សុក្រ សៅរ៍ អាទិត្យ တနင်္လာ အင်္ဂါ ဗုဒ္ဓဟူး ကြာသပတေး သောကြာ စနေ တနင်္ဂနွေ "
    "திங்கள் செவ்வாய் புதன் வியாழன் வெள்ளி சனி ஞாயிறு 星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天 周一 周二 周三 周四 周五 周六 周日"
)
WEEKDAYS: list[str] = _WEEKDAYS.split()

# Minutes east of Greenwich. PST is Pacific time everywhere but in Manila, so it is left to the zone of the source there.
ZONES: dict[str, int] = {
    "z": 0, "utc": 0, "gmt": 0, "wib": 420, "wita": 480, "wit": 540, "ict": 420, "mmt": 390, "sgt": 480, "myt": 480, "pht": 480,
    "bnt": 480, "hkt": 480, "tlt": 540, "ist": 330, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "bst": 60, "cet": 60, "cest": 120,
    "mez": 60, "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "edt": -240, "est": -300, "cdt": -300, "cst": -360, "mdt": -360,
    "mst": -420, "pdt": -420, "pst": -480,
}  # fmt: skip

TODAY = "today|hari ini|ngayong araw|วันนี้|ມື້ນີ້|ថ្ងៃនេះ|ယနေ့|ဒီနေ့|hôm nay|இன்று|今天|今日|ohin loron"
YESTERDAY = "yesterday|kemarin|semalam|kelmarin|kahapon|เมื่อวานนี้|เมื่อวาน|ມື້ວານນີ້|ມື້ວານ|ម្សិលមិញ|មនេក|မနေ့က|hôm qua|நேற்று|昨天|昨日"
# unit, in minutes -> "N unit ago"
AGO: dict[int, str] = {
    1: r"m(?:in(?:ute)?s?)? ago|menit (?:yang )?lalu|minit (?:yang )?lalu|minit lepas|minuto(?:ng)? nakalipas|นาทีที่แล้ว|นาทีก่อน|ນາທີກ່ອນ|"
    r"នាទីមុន|မိနစ်က|phút trước|நிமிடங்களுக்கு முன்|分钟前|分鐘前",
    60: r"h(?:(?:ou)?rs?)? ago|jam (?:yang )?(?:lalu|lepas)|oras (?:ang )?nakalipas|ชั่วโมงที่แล้ว|ชั่วโมงก่อน|ຊົ່ວໂມງກ່ອນ|ម៉ោងមុន|နာရီက|giờ trước|"
    r"tiếng trước|மணி நேரத்திற்கு முன்|小时前|小時前",
    1440: r"d(?:ays?)? ago|hari (?:yang )?(?:lalu|lepas)|araw (?:ang )?nakalipas|"
    r"วันที่แล้ว|วันก่อน|ມື້ກ່ອນ|ថ្ងៃមុន|ရက်က|ngày trước|நாட்களுக்கு முன்|天前|日前",
}  # fmt: skip
