//! Names of the demonstration people, by the groups that live in Xinjiang. Invented: any
//! likeness to a living person is chance. Data only.

/// `zh`, `ug` (written only where the person would write it so), Latin.
pub(super) type Person = (&'static str, Option<&'static str>, &'static str);

pub(super) const HAN: &[(&str, &str)] = &[
    ("王建军", "Wang Jianjun"),
    ("李秀兰", "Li Xiulan"),
    ("张伟", "Zhang Wei"),
    ("刘洋", "Liu Yang"),
    ("陈晓红", "Chen Xiaohong"),
    ("杨丽娟", "Yang Lijuan"),
    ("赵志远", "Zhao Zhiyuan"),
    ("黄婷婷", "Huang Tingting"),
    ("周国强", "Zhou Guoqiang"),
    ("吴海燕", "Wu Haiyan"),
    ("徐明", "Xu Ming"),
    ("孙立新", "Sun Lixin"),
    ("朱红梅", "Zhu Hongmei"),
    ("胡文斌", "Hu Wenbin"),
    ("郭天佑", "Guo Tianyou"),
    ("林小芳", "Lin Xiaofang"),
    ("何疆生", "He Jiangsheng"),
    ("高雪莲", "Gao Xuelian"),
    ("罗志刚", "Luo Zhigang"),
    ("郑援疆", "Zheng Yuanjiang"),
    ("梁静", "Liang Jing"),
    ("谢东升", "Xie Dongsheng"),
    ("宋佳", "Song Jia"),
    ("唐新民", "Tang Xinmin"),
    ("韩冰", "Han Bing"),
    ("冯玉梅", "Feng Yumei"),
    ("于洪涛", "Yu Hongtao"),
    ("董建疆", "Dong Jianjiang"),
    ("程思远", "Cheng Siyuan"),
    ("曹丽", "Cao Li"),
    ("袁振华", "Yuan Zhenhua"),
    ("邓小琴", "Deng Xiaoqin"),
    ("许昊", "Xu Hao"),
    ("傅春燕", "Fu Chunyan"),
    ("沈建国", "Shen Jianguo"),
    ("曾慧敏", "Zeng Huimin"),
    ("彭博", "Peng Bo"),
    ("吕晓峰", "Lü Xiaofeng"),
    ("苏蓉", "Su Rong"),
    ("卢志斌", "Lu Zhibin"),
    ("蒋雯", "Jiang Wen"),
    ("蔡永康", "Cai Yongkang"),
    ("贾娜", "Jia Na"),
    ("丁一凡", "Ding Yifan"),
    ("魏新梅", "Wei Xinmei"),
    ("薛磊", "Xue Lei"),
];

/// Given names; a father's given name follows.
pub(super) const UYGHUR: &[Person] = &[
    ("古丽巴哈尔", Some("گۈلباھار"), "Gulbahar"),
    ("艾合买提", Some("ئەھمەت"), "Ehmet"),
    ("阿依古丽", Some("ئايگۈل"), "Aygul"),
    ("阿布力克木", Some("ئابلىكىم"), "Ablikim"),
    ("迪丽努尔", Some("دىلنۇر"), "Dilnur"),
    ("帕尔哈提", Some("پەرھات"), "Perhat"),
    ("热依汗古丽", Some("رەيھانگۈل"), "Reyhangul"),
    ("艾尔肯", Some("ئەركىن"), "Erkin"),
    ("祖丽菲娅", Some("زۇلپىيە"), "Zulpiye"),
    ("阿力木", Some("ئالىم"), "Alim"),
    ("帕提古丽", Some("پاتىگۈل"), "Patigul"),
    ("肖合热提", Some("شۆھرەت"), "Shohret"),
    ("麦尔耶姆", Some("مەرىيەم"), "Meryem"),
    ("迪力夏提", Some("دىلشات"), "Dilshat"),
    ("努尔古丽", Some("نۇرگۈل"), "Nurgul"),
    ("亚森", Some("ياسىن"), "Yasin"),
    ("古再丽努尔", Some("گۈزەلنۇر"), "Guzelnur"),
    ("吐尔逊", Some("تۇرسۇن"), "Tursun"),
    ("阿米娜", Some("ئامىنە"), "Amine"),
];

pub(super) const UYGHUR_FATHERS: &[Person] = &[
    ("买买提", Some("مەمەت"), "Memet"),
    ("依明", Some("ئىمىن"), "Imin"),
    ("吾买尔", Some("ئۆمەر"), "Omer"),
    ("克热木", Some("كېرىم"), "Kerim"),
    ("吾斯曼", Some("ئوسمان"), "Osman"),
    ("艾力", Some("ئېلى"), "Eli"),
    ("阿西木", Some("ھاشىم"), "Hashim"),
];

pub(super) const KAZAKH: &[Person] = &[
    ("叶尔兰·木拉提", None, "Yerlan Murat"),
    ("古丽娜尔·哈德尔", None, "Gulnar Kadir"),
    ("努尔兰·别克", None, "Nurlan Bek"),
    ("阿依波塔·赛力克", None, "Aibota Serik"),
    ("哈那提·巴合提", None, "Khanat Bakhyt"),
    ("迪娜·叶尔肯", None, "Dina Yerken"),
    ("阿斯哈尔·加尔肯", None, "Askhar Zharken"),
    ("加娜尔·胡安", None, "Zhanar Khuan"),
    ("达吾列提·托合塔", None, "Daulet Tokhta"),
    ("玛依拉·居马", None, "Maira Zhuma"),
];

pub(super) const HUI: &[Person] = &[
    ("马晓燕", None, "Ma Xiaoyan"),
    ("马志强", None, "Ma Zhiqiang"),
    ("哈建国", None, "Ha Jianguo"),
    ("白玉兰", None, "Bai Yulan"),
    ("马秀英", None, "Ma Xiuying"),
    ("杨生福", None, "Yang Shengfu"),
    ("丁学礼", None, "Ding Xueli"),
    ("金凤霞", None, "Jin Fengxia"),
    ("马文博", None, "Ma Wenbo"),
    ("海燕", None, "Hai Yan"),
    ("苏俊杰", None, "Su Junjie"),
    ("纳莉", None, "Na Li"),
];

pub(super) const MONGOL: &[Person] = &[
    ("巴特尔", None, "Bater"),
    ("其其格", None, "Qiqige"),
    ("那仁高娃", None, "Narengaowa"),
    ("乌云", None, "Wuyun"),
    ("孟克", None, "Mengke"),
    ("萨仁", None, "Saren"),
];

pub(super) const XIBE: &[Person] =
    &[("佟丽华", None, "Tong Lihua"), ("关志明", None, "Guan Zhiming"), ("安俊", None, "An Jun")];
