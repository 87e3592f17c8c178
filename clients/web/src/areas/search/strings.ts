// Texts of the area `search`.

import type { Catalogue } from '../../i18n/catalogue';

export const searchStrings = {
  'search.title': ['全局搜索', 'ئومۇمىي ئىزدەش', 'Search'],
  'search.open': ['搜索（Ctrl+K）', 'ئىزدەش (Ctrl+K)', 'Search (Ctrl+K)'],
  'search.ask': ['搜索消息、文件、微邮、人员、会话、任务、应用', 'ئۇچۇر، ھۆججەت، خەت، ئادەم، سۆھبەت، ۋەزىپە ۋە ئەپ ئىزدەڭ', 'Search messages, files, mail, people, rooms, tasks, apps'],
  'search.kinds': ['搜索范围', 'ئىزدەش دائىرىسى', 'What to look for'],
  'search.all': ['全部', 'ھەممىسى', 'All'],
  'search.message': ['消息', 'ئۇچۇر', 'Messages'],
  'search.file': ['文件', 'ھۆججەت', 'Files'],
  'search.mail': ['微邮', 'خەت', 'Mail'],
  'search.person': ['人员', 'ئادەم', 'People'],
  'search.room': ['会话', 'سۆھبەت', 'Rooms'],
  'search.task': ['任务', 'ۋەزىپە', 'Tasks'],
  'search.app': ['应用', 'ئەپ', 'Apps'],
  'search.drive': ['微盘文件', 'دىسكا ھۆججىتى', 'Drive'],
  'search.done': ['已完成', 'تاماملاندى', 'done'],
  'search.here': ['只搜索“{name}”', 'پەقەت «{name}» دا', 'Only in “{name}”'],
  'search.since': ['时间', 'ۋاقىت', 'When'],
  'search.since.any': ['全部时间', 'ھەممە ۋاقىت', 'Any time'],
  'search.since.today': ['今天', 'بۈگۈن', 'Today'],
  'search.since.week': ['近一周', 'يېقىنقى بىر ھەپتە', 'Past week'],
  'search.since.month': ['近一个月', 'يېقىنقى بىر ئاي', 'Past month'],
  'search.none': ['没有找到“{q}”', '«{q}» تېپىلمىدى', 'Nothing found for “{q}”'],
  'search.hint': ['支持中文词语、拼音和首字母；用引号可按原文查找。', 'خەنزۇچە سۆز، پىنيىن ۋە باش ھەرپ بىلەن ئىزدىگىلى بولىدۇ؛ تىرناق ئىچىدە ئەسلى تېكىست ئىزدىلىدۇ.', 'Chinese words, pinyin and initials are understood; quotes find a text as it is.'],
  'search.results': ['搜索结果', 'ئىزدەش نەتىجىسى', 'Results'],
  'search.count': ['找到 {n} 条', '{n} نەتىجە تېپىلدى', '{n} found'],
  'search.more': ['加载更多', 'تېخىمۇ كۆپ', 'Load more'],
} as const satisfies Catalogue;
