// SPDX-License-Identifier: Apache-2.0
// The report as a phone asks for it, and sealed pages photographed with it.
export const photo = {
  'phone.measures': '整改措施',
  'phone.scan': '盖章整改报告',
  'phone.code': '报告上应有校验码 {code}',
  'phone.photo': '拍照',
  'phone.file': '选文件',
  'photo.name': '盖章整改报告（{n} 页）.pdf',
  'photo.more': '再拍一页',
  'photo.pages': '已拍的页',
  'photo.page': '第 {n} 页',
  'photo.turn': '第 {n} 页右转 90 度',
  'photo.drop': '删去第 {n} 页',
  'photo.none': '这个文件不是能打开的照片。',
  'photo.forbidden': '本校规定盖章件不得用手机拍摄。请用扫描仪扫成 PDF 上传，或把原件交信息技术中心代为上传。',
  'photo.handed': '信息技术中心已代为上传：{name}',
} as const;
