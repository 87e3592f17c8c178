// Uyghur words for the component library, which ships none. What is not shown anywhere in
// the workbench keeps its English.

import type { Locale } from 'antd/es/locale';
import enUS from 'antd/locale/en_US';

export const ugCN: Locale = {
  ...enUS,
  locale: 'ug',
  global: { ...enUS.global, placeholder: 'تاللاڭ', close: 'تاقاش' },
  Modal: { okText: 'جەزملەش', cancelText: 'بىكار قىلىش', justOkText: 'جەزملەش' },
  Popconfirm: { okText: 'جەزملەش', cancelText: 'بىكار قىلىش' },
  Empty: { description: 'سانلىق مەلۇمات يوق' },
  QRCode: { expired: 'كودنىڭ ۋاقتى توشتى', refresh: 'يېڭىلاش', scanned: 'سكاننېرلاندى' },
  Text: { edit: 'تەھرىرلەش', copy: 'كۆچۈرۈش', copied: 'كۆچۈرۈلدى', expand: 'يېيىش', collapse: 'يىغىش' },
};
