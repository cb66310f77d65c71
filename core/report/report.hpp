#pragma once

#include <array>
#include <string>
#include <utility>

#include "difference/difference.hpp"
#include "json/fields.hpp"

namespace pinnace::report {

enum class Format { text, markdown, html };

/// A difference as people read it. Text is for a terminal, and short; Markdown for comments of code
/// reviews (CommonMark); HTML is a page that needs nothing else, and has no scripts. What the
/// images say is text in each of them: it is no markup, and steers nothing.
std::string render(const difference::Difference& difference, Format format);

}  // namespace pinnace::report

template <>
struct pinnace::json::NamesOf<pinnace::report::Format> {
  using F = report::Format;
  static constexpr std::array<std::pair<F, const char*>, 3> k_names = {
      {{F::text, "text"}, {F::markdown, "markdown"}, {F::html, "html"}}};
};
