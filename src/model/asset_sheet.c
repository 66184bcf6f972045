/* SPDX-License-Identifier: Apache-2.0 */
#include "model/asset_sheet.h"

#include "base/civil.h"
#include "base/err.h"
#include "base/num.h"

#define NAMES(...)                                                                             \
	(const char *const[])                                                                  \
	{                                                                                      \
		__VA_ARGS__, NULL                                                              \
	}

const struct sheet_field asset_sheet_fields[ASSET_COLUMN_COUNT] = {
	[ASSET_COLUMN_NAME] = { "name",
		NAMES("资产名称", "名称", "系统名称", "信息系统名称", "网站名称", "服务器名称",
			"设备名称", "资产", "name"),
		120, true },
	[ASSET_COLUMN_KIND] = { "kind",
		NAMES("类型", "资产类型", "类别", "资产类别", "系统类型", "kind", "type"), 20,
		false },
	[ASSET_COLUMN_ADDRESS] = { "address",
		NAMES("IP地址", "IP", "地址", "内网IP", "服务器IP", "主机IP", "内网地址",
			"公网IP", "address"),
		1000, false },
	[ASSET_COLUMN_DOMAIN] = { "domain",
		NAMES("域名", "网址", "域名/网址", "网站域名", "网站地址", "访问地址", "URL",
			"domain"),
		1000, false },
	[ASSET_COLUMN_OWNER_UNIT] = { "owner_unit",
		NAMES("主管单位", "责任单位", "主管部门", "责任部门", "所属单位", "所属部门",
			"归属单位", "单位", "部门", "owner_unit"),
		100, false },
	[ASSET_COLUMN_OPERATE_UNIT] = { "operate_unit",
		NAMES("运维单位", "运维部门", "运行单位", "运行维护单位", "operate_unit"), 100,
		false },
	[ASSET_COLUMN_USE_UNIT] = { "use_unit", NAMES("使用单位", "使用部门", "use_unit"), 100,
		false },
	[ASSET_COLUMN_IMPORTANCE] = { "importance",
		NAMES("重要性", "重要程度", "重要级别", "importance"), 20, false },
	[ASSET_COLUMN_MLPS_LEVEL] = { "mlps_level",
		NAMES("等保级别", "等保等级", "等保", "等级保护级别", "等级保护", "定级",
			"定级情况", "mlps_level"),
		20, false },
	[ASSET_COLUMN_EXPOSURE] = { "exposure",
		NAMES("暴露面", "暴露范围", "访问范围", "开放范围", "exposure"), 20, false },
	[ASSET_COLUMN_HOST] = { "host", NAMES("托管方", "托管单位", "托管", "host"), 120,
		false },
	[ASSET_COLUMN_VENDOR] = { "vendor",
		NAMES("供应商", "厂商", "开发商", "开发单位", "vendor"), 120, false },
	[ASSET_COLUMN_VENDOR_PHONE] = { "vendor_phone",
		NAMES("供应商电话", "供应商联系电话", "厂商电话", "开发商电话", "vendor_phone"),
		120, false },
	[ASSET_COLUMN_NOTE] = { "note", NAMES("备注", "说明", "note"), 4000, false },
	[ASSET_COLUMN_TAGS] = { "tags", NAMES("标签", "分组", "tags"), 1000, false },
	[ASSET_COLUMN_DOMAIN_END] = { "domain_end",
		NAMES("域名到期日", "域名到期", "域名到期时间", "域名有效期至", "domain_end"),
		40, false },
	[ASSET_COLUMN_ICP_NUMBER] = { "icp_number",
		NAMES("ICP 备案号", "ICP备案号", "备案号", "ICP号", "网站备案号", "icp_number"),
		120, false },
	[ASSET_COLUMN_ICP_END] = { "icp_end",
		NAMES("ICP 备案到期日", "ICP备案到期日", "备案到期日", "备案到期",
			"备案有效期至", "icp_end"),
		40, false },
};

static const struct name_row kind_rows[] = {
	{ "system", "信息系统", "system" },
	{ "site", "网站", "site" },
	{ "server", "服务器", "server" },
	{ "device", "设备", "device" },
	{ "link", "线路", "link" },
};
const struct name_table asset_kind_names = { "asset kind", kind_rows,
	sizeof(kind_rows) / sizeof(kind_rows[0]) };

static const struct name_row importance_rows[] = {
	{ "core", "核心", "core" },
	{ "important", "重要", "important" },
	{ "normal", "一般", "normal" },
};
const struct name_table asset_importance_names = { "asset importance", importance_rows,
	sizeof(importance_rows) / sizeof(importance_rows[0]) };

static const struct name_row exposure_rows[] = {
	{ "internet", "互联网", "internet" },
	{ "campus", "校园网", "campus" },
	{ "isolated", "隔离", "isolated" },
};
const struct name_table asset_exposure_names = { "asset exposure", exposure_rows,
	sizeof(exposure_rows) / sizeof(exposure_rows[0]) };

const struct sheet_word asset_kind_words[] = {
	{ "系统", "system" },
	{ "业务系统", "system" },
	{ "应用系统", "system" },
	{ "平台", "system" },
	{ "站点", "site" },
	{ "门户网站", "site" },
	{ "主机", "server" },
	{ "虚拟机", "server" },
	{ "数据库", "server" },
	{ "网络设备", "device" },
	{ "安全设备", "device" },
	{ "交换机", "device" },
	{ "路由器", "device" },
	{ "防火墙", "device" },
	{ "终端", "device" },
	{ "链路", "link" },
	{ "出口链路", "link" },
	{ "专线", "link" },
	{ NULL, NULL },
};
const struct sheet_word asset_importance_words[] = {
	{ "关键", "core" },
	{ "特别重要", "core" },
	{ "高", "core" },
	{ "较重要", "important" },
	{ "中", "important" },
	{ "普通", "normal" },
	{ "低", "normal" },
	{ NULL, NULL },
};
const struct sheet_word asset_exposure_words[] = {
	{ "公网", "internet" },
	{ "外网", "internet" },
	{ "是", "internet" },
	{ "内网", "campus" },
	{ "校内", "campus" },
	{ "校园内网", "campus" },
	{ "否", "campus" },
	{ "专网", "isolated" },
	{ "离线", "isolated" },
	{ "物理隔离", "isolated" },
	{ NULL, NULL },
};

const char *sheet_word_id(
	const struct name_table *table, const struct sheet_word *words, struct slice cell)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct name_row *row = &table->rows[i];
		if (slice_eq_nocase(cell, slice_str(row->id)) || slice_is(cell, row->zh)) {
			return row->id;
		}
	}
	for (size_t i = 0; words[i].text != NULL; i++) {
		if (slice_is(cell, words[i].text)) {
			return words[i].id;
		}
	}
	return NULL;
}

static bool is_none(struct slice cell)
{
	return cell.n == 0 || slice_is(cell, "-") || slice_is(cell, "/") ||
	       slice_is(cell, "无");
}

/* Digits up to a separator, which is one of them or ends the cell. */
static bool number_cut(struct slice *cell, const char *const separators[], int64_t *ret_number)
{
	size_t n = 0;
	while (n < cell->n && cell->p[n] >= '0' && cell->p[n] <= '9') {
		n++;
	}
	if (n == 0 || n > 4 || num_i64(slice_head(*cell, n), 0, 9999, ret_number) < 0) {
		return false;
	}
	*cell = slice_skip(*cell, n);
	for (size_t i = 0; separators[i] != NULL; i++) {
		struct slice separator = slice_str(separators[i]);
		if (slice_starts(*cell, separator)) {
			*cell = slice_skip(*cell, separator.n);
			return true;
		}
	}
	return false;
}

int sheet_day_parse(struct slice cell, int64_t *ret_unix_ms)
{
	static const char *const behind_year[] = { "-", "/", ".", "年", NULL };
	static const char *const behind_month[] = { "-", "/", ".", "月", NULL };
	static const char *const behind_day[] = { "日", "", NULL };
	struct slice rest = cell;
	int64_t part[3] = { 0 };
	if (is_none(cell)) {
		*ret_unix_ms = 0;
		return 0;
	}
	bool read = number_cut(&rest, behind_year, &part[0]) &&
		    number_cut(&rest, behind_month, &part[1]) &&
		    number_cut(&rest, behind_day, &part[2]) && rest.n == 0;
	if (!read && cell.n == 8) {
		static const size_t at[] = { 0, 4, 6, 8 };
		read = true;
		for (unsigned i = 0; i < 3; i++) {
			struct slice digits =
				slice_head(slice_skip(cell, at[i]), at[i + 1] - at[i]);
			read = read && num_i64(digits, 0, 9999, &part[i]) == 0;
		}
	}
	if (!read) {
		return E_FORMAT;
	}
	struct civil day = { .year = (int32_t)part[0],
		.month = (uint8_t)(part[1] > 99 ? 99 : part[1]),
		.day = (uint8_t)(part[2] > 99 ? 99 : part[2]),
		.hour = 17,
		.minute = 30 };
	/* "27-6-30" is a slip, not the year 27. */
	if (!civil_valid(&day) || day.year < 1970) {
		return E_RANGE;
	}
	*ret_unix_ms = civil_to_ms(&day, CIVIL_CHINA_OFFSET_MIN);
	return 0;
}

static const char *const levels[] = { "", "一级", "二级", "三级", "四级", "五级" };

int mlps_level_parse(struct slice cell)
{
	static const char *const none[] = { "", "-", "无", "未定级", "不定级", "未备案", "否",
		"/", "0" };
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		if (slice_is(cell, none[i])) {
			return 0;
		}
	}
	struct slice ordinal = SLICE("第");
	cell = slice_starts(cell, ordinal) ? slice_skip(cell, ordinal.n) : cell;
	for (int level = 1; level <= 5; level++) {
		const uint8_t digit = (uint8_t)('0' + level);
		struct slice han = slice_head(slice_str(levels[level]), 3);
		struct slice rest = slice_starts(cell, han)            ? slice_skip(cell, han.n)
				    : cell.n > 0 && cell.p[0] == digit ? slice_skip(cell, 1)
								       : SLICE("?");
		if (rest.n == 0 || slice_is(rest, "级")) {
			return level;
		}
	}
	/* "S2A3": the higher of business information and system service, GB/T 22240-2020 section 6. */
	if (cell.n == 4 && (cell.p[0] | 0x20) == 's' && (cell.p[2] | 0x20) == 'a' &&
		cell.p[1] >= '1' && cell.p[1] <= '5' && cell.p[3] >= '1' && cell.p[3] <= '5') {
		return (cell.p[1] > cell.p[3] ? cell.p[1] : cell.p[3]) - '0';
	}
	return E_FORMAT;
}

const char *mlps_level_text(int64_t level)
{
	return level > 0 && level <= 5 ? levels[level] : "";
}
