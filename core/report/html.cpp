#include <string_view>

#include "report/writers.hpp"

namespace pinnace::report {

namespace {

constexpr const char* k_head =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n<title>What changed</title>\n<style>\n"
    ":root { color-scheme: light dark; }\n"
    "body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; "
    "padding: 0 1rem; }\n"
    "code, pre { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }\n"
    "pre { border: 1px solid #8888; padding: 0.5rem; overflow-x: auto; }\n"
    "li { margin: 0.2rem 0; }\n.label { display: inline-block; min-width: 5rem; }\n"
    "</style>\n</head>\n<body>\n";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

void add(std::string& text, const Item& item) {
  text += "<li>";
  if (!item.label.empty()) text += "<span class=\"label\">" + escaped(item.label) + "</span> ";
  if (!item.name.empty()) text += "<code>" + escaped(item.name) + "</code> ";
  text += escaped(item.said);
  for (const std::string& detail : item.details) text += "<br>" + escaped(detail);
  if (!item.block.empty())
    text += "<details><summary>more</summary><pre>" + escaped(item.block) + "</pre></details>";
  text += "</li>\n";
}

void add(std::string& text, const std::vector<Item>& items) {
  if (items.empty()) return;
  text += "<ul>\n";
  for (const Item& item : items) add(text, item);
  text += "</ul>\n";
}

}  // namespace

std::string as_html(const Outline& outline) {
  std::string text = k_head + ("<h1>" + escaped(outline.title)) + "</h1>\n";
  add(text, outline.images);
  for (const Platform& platform : outline.platforms) {
    text += "<h2>" + escaped(platform.title) + "</h2>\n";
    for (const Section& section : platform.sections) {
      text += "<h3>" + escaped(section.title) + "</h3>\n";
      if (!section.summary.empty()) text += "<p>" + escaped(section.summary) + "</p>\n";
      add(text, section.items);
    }
  }
  return text + "</body>\n</html>\n";
}

}  // namespace pinnace::report
