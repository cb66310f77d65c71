#include "report/report.hpp"

#include "report/writers.hpp"

namespace pinnace::report {

std::string render(const difference::Difference& difference, Format format) {
  constexpr Bounds k_review{.items = 200, .block_lines = 60, .blocks = 20, .notices = 5};
  constexpr Bounds k_page{.items = 2000, .block_lines = 1000, .blocks = 200, .notices = 50};
  switch (format) {
    case Format::markdown:
      return as_markdown(outline_of(difference, k_review));
    case Format::html:
      return as_html(outline_of(difference, k_page));
    case Format::text:
      break;
  }
  return as_text(outline_of(difference, {}));
}

}  // namespace pinnace::report
