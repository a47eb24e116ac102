import Handlebars from 'handlebars'
import type { MailView } from './mail-view.ts'

/** Draws the HTML of a mail. */
export type Layout = (view: MailView) => string

/**
 * Makes a layout of a Handlebars template. A name that a view does not have is an error, not an empty text. Helpers and partials
 * registered elsewhere in the process are not seen.
 */
export function compileLayout(template: string): Layout {
  return Handlebars.create().compile<MailView>(template, { strict: true })
}

/**
 * The built-in layout. Tables and inline styles, because mail clients drop the rest; a background and a text colour on every cell,
 * so that a client that inverts colours inverts both; the level as a word in the bar, so that colour is never the only sign. The
 * title comes first, so that the inbox shows it as preview.
 */
const TEMPLATE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{title}}</title>
</head>
<body bgcolor="#f2f4f7" style="margin:0;padding:0;background-color:#f2f4f7;color:#101828;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f2f4f7" style="background-color:#f2f4f7;">
<tr><td align="center" style="padding:16px 8px;">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:640px;background-color:#ffffff;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:22px;color:#101828;">
<tr><td bgcolor="{{color}}" style="background-color:{{color}};color:{{ink}};padding:14px 20px;font-size:18px;line-height:24px;font-weight:bold;word-break:break-word;">{{title}}</td></tr>
{{#if summary}}
<tr><td bgcolor="#ffffff" style="background-color:#ffffff;color:#101828;padding:14px 20px 0;word-break:break-word;">{{summary}}</td></tr>
{{/if}}
{{#if lines}}
<tr><td bgcolor="#ffffff" style="background-color:#ffffff;color:#101828;padding:14px 20px 0;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
{{#each lines}}
<tr><td bgcolor="#ffffff" style="background-color:#ffffff;color:#101828;padding:4px 0;border-bottom:1px solid #d0d5dd;word-break:break-word;">{{this}}</td></tr>
{{/each}}
</table>
</td></tr>
{{/if}}
{{#if rest}}
<tr><td bgcolor="#ffffff" style="background-color:#ffffff;color:#101828;padding:6px 20px 0;">and {{rest}} more</td></tr>
{{/if}}
<tr><td bgcolor="#ffffff" style="background-color:#ffffff;color:#101828;padding:14px 20px;">
<table width="100%" cellpadding="0" cellspacing="0" border="0">
{{#each facts}}
<tr><th scope="row" align="left" valign="top" bgcolor="#ffffff" style="background-color:#ffffff;color:#475467;padding:3px 16px 3px 0;font-weight:normal;white-space:nowrap;">{{name}}</th><td valign="top" width="100%" bgcolor="#ffffff" style="background-color:#ffffff;color:#101828;padding:3px 0;word-break:break-word;">{{value}}</td></tr>
{{/each}}
{{#if runbook}}
<tr><th scope="row" align="left" valign="top" bgcolor="#ffffff" style="background-color:#ffffff;color:#475467;padding:3px 16px 3px 0;font-weight:normal;white-space:nowrap;">Runbook</th><td valign="top" width="100%" bgcolor="#ffffff" style="background-color:#ffffff;color:#101828;padding:3px 0;word-break:break-word;">{{#if runbookUrl}}<a href="{{runbookUrl}}" style="color:#175cd3;">{{runbook}}</a>{{else}}{{runbook}}{{/if}}</td></tr>
{{/if}}
</table>
</td></tr>
<tr><td bgcolor="#f9fafb" style="background-color:#f9fafb;color:#475467;padding:10px 20px;font-size:12px;line-height:18px;">Tocsin · monitor {{monitor}} · receiver {{receiver}}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`

export const builtInLayout: Layout = compileLayout(TEMPLATE)
