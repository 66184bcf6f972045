// SPDX-License-Identifier: Apache-2.0
// Words of the house for kinds of things; the wire carries the code, the catalogue the word.

export const FINDING_KINDS = ['weak_password', 'info_leak', 'vulnerability', 'malicious_attack', 'service_fault', 'exposure', 'certificate', 'backup', 'other'] as const;
export const FINDING_SOURCES = ['monitor', 'superior', 'unit', 'public'] as const;
export const ASSET_KINDS = ['system', 'site', 'server', 'device', 'link'] as const;
export const IMPORTANCE = ['core', 'important', 'normal'] as const;
export const EXPOSURE = ['internet', 'campus', 'isolated'] as const;
export const CAUSES = ['config', 'weak_password', 'unpatched', 'code', 'process', 'vendor', 'restored', 'other'] as const;
export const FAULTS = ['seal_unreadable', 'unit_mismatch', 'wrong_code', 'page_missing', 'not_answering', 'other'] as const;
export const UNIT_KINDS = ['department', 'faculty', 'centre', 'other'] as const;
export const ROLES = ['operator', 'reviewer', 'verifier', 'director', 'security_admin', 'response_lead', 'officer', 'specialist', 'unit_head', 'vice_president', 'leading_group', 'publicity', 'security_office', 'school_office', 'contractor', 'auditor', 'sysadmin'] as const;
