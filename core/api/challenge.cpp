#include "api/challenge.hpp"

#include "web/field_reader.hpp"
#include "web/headers.hpp"

namespace pinnace::api {

namespace {

constexpr std::size_t k_max_header = 16 * 1024;
constexpr std::size_t k_max_challenges = 16;
constexpr std::size_t k_max_parameters = 32;

std::string read_value(web::FieldReader& reader) {
  reader.skip(" \t");
  if (reader.take('"')) return reader.quoted();
  return std::string(reader.token());
}

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> result;
  web::FieldReader reader(header.substr(0, k_max_header));
  while (!reader.at_end()) {
    reader.skip(" \t,");
    const std::string_view word = reader.token();
    if (word.empty()) {
      reader.skip_one();
    } else if (!reader.take_equals()) {
      // A word without "=" begins the next challenge.
      if (result.size() == k_max_challenges) break;
      result.push_back({web::lower_case(word), {}});
    } else {
      std::string value = read_value(reader);
      if (!result.empty() && result.back().parameters.size() < k_max_parameters) {
        result.back().parameters.emplace(web::lower_case(word), std::move(value));
      }
    }
  }
  return result;
}

}  // namespace pinnace::api
