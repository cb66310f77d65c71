#pragma once

#include <string>

#include "report/outline.hpp"

namespace pinnace::report {

std::string as_text(const Outline& outline);
std::string as_markdown(const Outline& outline);
std::string as_html(const Outline& outline);

}  // namespace pinnace::report
