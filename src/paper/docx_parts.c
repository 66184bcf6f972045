/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "paper/docx_priv.h"
#include "paper/fonts.h"
#include "paper/form.h"
#include "paper/pack.h"

enum { PART_OCTETS_MAX = 64 * 1024 };

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define NS_W "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define TYPE "application/vnd.openxmlformats-officedocument.wordprocessingml."

void docx_fonts_put(struct buf *out, const struct draw_fonts *fonts, enum draw_face face)
{
	static const char *const scripts[] = { "ascii", "hAnsi", "eastAsia", "cs" };
	buf_put_str(out, "<w:rFonts");
	for (unsigned i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		buf_printf(out, " w:%s=\"", scripts[i]);
		buf_put_html(out, slice_str(draw_fonts_word(fonts, face)));
		buf_put_str(out, "\"");
	}
	buf_put_str(out, "/>");
}

static void types_put(struct buf *out)
{
	static const char *const parts[][2] = { { "document", "document.main" },
		{ "styles", "styles" }, { "settings", "settings" }, { "footer1", "footer" },
		{ "footer2", "footer" } };
	buf_put_str(out, XML
		"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
		"<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package."
		"relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
		"<Default Extension=\"png\" ContentType=\"image/png\"/>"
		"<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd."
		"openxmlformats-package.core-properties+xml\"/>");
	for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		buf_printf(out,
			"<Override PartName=\"/word/%s.xml\" ContentType=\"" TYPE "%s+xml\"/>",
			parts[i][0], parts[i][1]);
	}
	buf_put_str(out, "</Types>");
}

static void relation_put(struct buf *out, const char *id, const char *type, const char *target)
{
	buf_printf(out, "<Relationship Id=\"%s\" Type=\"" REL "/%s\" Target=\"%s\"/>", id, type,
		target);
}

#define RELATIONS                                                                              \
	XML "<Relationships "                                                                  \
	    "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"

static void root_relations_put(struct buf *out)
{
	buf_put_str(out, RELATIONS);
	relation_put(out, "rId1", "officeDocument", "word/document.xml");
	buf_put_str(out,
		"<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/"
		"relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>"
		"</Relationships>");
}

static void relations_put(struct buf *out, unsigned picture_count, struct arena *arena)
{
	buf_put_str(out, RELATIONS);
	relation_put(out, "rId1", "styles", "styles.xml");
	relation_put(out, "rId2", "settings", "settings.xml");
	relation_put(out, "rId3", "footer", "footer1.xml");
	relation_put(out, "rId4", "footer", "footer2.xml");
	for (unsigned i = 1; i <= picture_count; i++) {
		struct slice id = arena_printf(arena, "rPic%u", i);
		struct slice target = arena_printf(arena, "media/code%u.png", i);
		relation_put(out, (const char *)id.p, "image", (const char *)target.p);
	}
	buf_put_str(out, "</Relationships>");
}

static void styles_put(struct buf *out, const struct draw_fonts *fonts)
{
	buf_put_str(out, XML "<w:styles " NS_W "><w:docDefaults><w:rPrDefault><w:rPr>");
	docx_fonts_put(out, fonts, DRAW_BODY);
	buf_put_str(out,
		"<w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/><w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/>"
		"</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
		"<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"a\"><w:name w:val=\"Normal\"/>"
		"<w:pPr><w:overflowPunct/><w:autoSpaceDE w:val=\"0\"/><w:autoSpaceDN w:val=\"0\"/>"
		"<w:jc w:val=\"both\"/></w:pPr></w:style>"
		"<w:style w:type=\"table\" w:default=\"1\" w:styleId=\"a1\"><w:name w:val=\"Normal Table\"/>"
		"<w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/><w:tblCellMar><w:left w:w=\"70\" "
		"w:type=\"dxa\"/><w:right w:w=\"70\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr>"
		"</w:style></w:styles>");
}

static void settings_put(struct buf *out)
{
	buf_put_str(out, XML
		"<w:settings " NS_W "><w:evenAndOddHeaders/>"
		"<w:characterSpacingControl w:val=\"compressPunctuation\"/>"
		"<w:noLineBreaksAfter w:lang=\"zh-CN\" w:val=\"（《〈「『【〔［｛“‘([{\"/>"
		"<w:noLineBreaksBefore w:lang=\"zh-CN\" w:val=\"，。、；：？！）》〉」』】〕］｝”’～·％‰℃,.;:?!)]}%\"/>"
		/* Tables stand between the margins, not beside them. */
		"<w:compat><w:compatSetting w:name=\"compatibilityMode\" "
		"w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>"
		"</w:settings>");
}

/* GB/T 9704-2012 section 7.5: —N—, on odd pages at the right, on even ones at the left. */
static void footer_put(struct buf *out, const struct draw_fonts *fonts, bool odd)
{
	static const char *const runs[] = { "<w:t>—</w:t>",
		"<w:fldChar w:fldCharType=\"begin\"/>",
		"<w:instrText xml:space=\"preserve\"> PAGE </w:instrText>",
		"<w:fldChar w:fldCharType=\"separate\"/>", "<w:t>1</w:t>",
		"<w:fldChar w:fldCharType=\"end\"/>", "<w:t>—</w:t>" };
	buf_printf(out,
		XML "<w:ftr " NS_W
		    "><w:p><w:pPr><w:jc w:val=\"%s\"/><w:ind w:%s=\"280\"/></w:pPr>",
		odd ? "right" : "left", odd ? "right" : "left");
	for (unsigned i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		buf_put_str(out, "<w:r><w:rPr>");
		docx_fonts_put(out, fonts, DRAW_NUMBER);
		buf_printf(out, "<w:sz w:val=\"28\"/></w:rPr>%s</w:r>", runs[i]);
	}
	buf_put_str(out, "</w:p></w:ftr>");
}

static void core_put(struct buf *out, const struct form *form)
{
	struct civil at = civil_of_ms(form->at_unix_ms, 0);
	buf_put_str(out, XML
		"<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/"
		"metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
		"xmlns:dcterms=\"http://purl.org/dc/terms/\" "
		"xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>");
	buf_put_html(out, form->number);
	buf_put_str(out, "</dc:title><dc:creator>");
	buf_put_html(out, form->author);
	buf_printf(out,
		"</dc:creator><dcterms:created xsi:type=\"dcterms:W3CDTF\">%04d-%02u-%02uT%02u:%02u:%02uZ"
		"</dcterms:created></cp:coreProperties>",
		(int)at.year, at.month, at.day, at.hour, at.minute, at.second);
}

unsigned docx_parts(const struct draw_fonts *fonts, const struct form *form,
	unsigned picture_count, struct arena *arena, struct pack_part *ret_parts)
{
	static const char *const names[] = { "[Content_Types].xml", "_rels/.rels",
		"word/_rels/document.xml.rels", "word/styles.xml", "word/settings.xml",
		"word/footer1.xml", "word/footer2.xml", "docProps/core.xml" };
	unsigned count = sizeof(names) / sizeof(names[0]);
	for (unsigned i = 0; i < count; i++) {
		AUTO_BUF struct buf out;
		buf_init(&out, PART_OCTETS_MAX);
		switch (i) {
		case 0:
			types_put(&out);
			break;
		case 1:
			root_relations_put(&out);
			break;
		case 2:
			relations_put(&out, picture_count, arena);
			break;
		case 3:
			styles_put(&out, fonts);
			break;
		case 4:
			settings_put(&out);
			break;
		case 7:
			core_put(&out, form);
			break;
		default:
			footer_put(&out, fonts, i == 5);
			break;
		}
		ret_parts[i] = (struct pack_part) { slice_str(names[i]),
			arena_dup(arena, buf_slice(&out)) };
	}
	return count;
}
