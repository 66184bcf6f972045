// SPDX-License-Identifier: Apache-2.0
import type { photo as zh } from '../zh/photo';

export const photo: Record<keyof typeof zh, string> = {
  'phone.measures': 'Measures',
  'phone.scan': 'Sealed report',
  'phone.code': 'The report should bear the code {code}',
  'phone.photo': 'Photo',
  'phone.file': 'File',
  'photo.name': 'Sealed report ({n} pages).pdf',
  'photo.more': 'One more page',
  'photo.pages': 'Pages photographed',
  'photo.page': 'Page {n}',
  'photo.turn': 'Turn page {n} to the right',
  'photo.drop': 'Remove page {n}',
  'photo.none': 'This file is no picture that can be opened.',
  'photo.forbidden': 'This school forbids photos of sealed papers. Scan it to a PDF, or hand the paper to the IT centre.',
  'photo.handed': 'Uploaded by the IT centre: {name}',
};
