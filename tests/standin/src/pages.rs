//! The pages that a browser shows. They work without scripts.

use crate::http::Response;
use crate::text::escape_markup;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;background:#f4f5f7;color:#16191f;margin:0}\
    main{max-width:26rem;margin:12vh auto;background:#fff;padding:2rem;border-radius:.5rem;\
    box-shadow:0 1px 4px #0003}h1{font-size:1.25rem;margin:0 0 1rem}button{font:inherit;padding:.5rem 1rem;\
    border:1px solid #545b64;border-radius:.25rem;background:#fff;margin-right:.5rem;cursor:pointer}\
    button.yes{background:#0b5cad;border-color:#0b5cad;color:#fff}input{font:inherit;padding:.4rem;width:100%;\
    box-sizing:border-box;margin:0 0 1rem}small{color:#545b64}\
    @media(prefers-color-scheme:dark){body{background:#16191f;color:#eee}main{background:#232f3e}\
    button{background:#232f3e;color:#eee}small{color:#aab}}";

/// Returns the HTML page with this body.
pub(crate) fn page(status: u16, title: &str, body: &str) -> Response {
    let title = escape_markup(title);
    let text = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head>\n\
         <body><main><h1>{title}</h1>\n{body}\n\
         <p><small>A stand-in for IAM Identity Center. No AWS account is involved.</small></p></main></body></html>\n"
    );
    Response::html(status, text).with("Referrer-Policy", "no-referrer")
}

/// Asks for consent; the hidden fields are sent with the answer.
pub(crate) fn consent(user: &str, action: &str, hidden: &[(&str, &str)]) -> Response {
    let hidden: String = hidden.iter().map(|(name, value)| hidden_field(name, value)).collect();
    let code = if hidden.contains("user_code") {
        "<p>Go on only if your terminal shows the same code as the address of this page.</p>"
    } else {
        ""
    };
    let body = format!(
        "<p>You are signed in as <b>{}</b>. A program on your computer asks to use your AWS accounts.</p>{code}\
         <form method=\"post\" action=\"{action}\">{hidden}\
         <button class=\"yes\" id=\"allow\" name=\"decision\" value=\"allow\">Allow access</button>\
         <button id=\"deny\" name=\"decision\" value=\"deny\">Deny</button></form>",
        escape_markup(user)
    );
    page(200, "Allow access to your data?", &body)
}

pub(crate) fn enter_code() -> Response {
    let form = "<form method=\"get\" action=\"/device\"><label>The code your terminal shows\
        <input name=\"user_code\" placeholder=\"ABCD-EFGH\" autofocus></label>\
        <button class=\"yes\">Continue</button></form>";
    page(200, "Authorize a device", form)
}

pub(crate) fn done(text: &str) -> Response {
    page(200, "Thank you", &format!("<p>{}</p>", escape_markup(text)))
}

pub(crate) fn sorry(text: &str) -> Response {
    page(400, "That did not work", &format!("<p>{}</p>", escape_markup(text)))
}

pub(crate) fn hidden_field(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape_markup(name), escape_markup(value))
}
