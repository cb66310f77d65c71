#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/quote.hpp"
#include "containerfile/reader.hpp"
#include "containerfile/text.hpp"

namespace pinnace::containerfile {

namespace {

constexpr std::array<std::pair<std::string_view, double>, 7> k_units = {{{"ns", 1.0},
                                                                         {"us", 1e3},
                                                                         {"\xC2\xB5s", 1e3},
                                                                         {"ms", 1e6},
                                                                         {"s", 1e9},
                                                                         {"m", 6e10},
                                                                         {"h", 3.6e12}}};

/// A duration as Go writes it, "1m30s", in nanoseconds; nullopt for what is none, and below 1 ms.
std::optional<std::int64_t> parse_duration(std::string_view text) {
  if (text == "0") return 0;
  double total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + digits, number, std::chars_format::fixed);
    if (error != std::errc() || end != text.data() + digits) return std::nullopt;
    text.remove_prefix(digits);
    const std::string_view unit =
        text.substr(0, std::min(text.find_first_of("0123456789."), text.size()));
    text.remove_prefix(unit.size());
    double factor = 0;
    for (const auto& [name, nanoseconds] : k_units) {
      if (name == unit) factor = nanoseconds;
    }
    if (factor == 0) return std::nullopt;
    total += number * factor;
  }
  constexpr double k_longest = 9.2e18;
  if (total > k_longest || (total > 0 && total < 1e6)) return std::nullopt;
  return std::llround(total);
}

std::int64_t duration_flag(InstructionReader& reader, std::string_view name) {
  const auto text = reader.text_flag(name);
  if (!text) return 0;
  if (const auto duration = parse_duration(*text)) return *duration;
  reader.fail("--" + std::string(name) + "=" + *text +
              ": expected a duration of at least 1ms, as 30s or 1m30s");
}

int retries_flag(InstructionReader& reader) {
  const auto text = reader.text_flag("retries");
  if (!text) return 0;
  int retries = -1;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), retries);
  if (error == std::errc() && end == text->data() + text->size() && retries >= 0) return retries;
  reader.fail("--retries=" + *text + ": expected a number that is not negative");
}

}  // namespace

Healthcheck read_healthcheck(InstructionReader& reader) {
  Healthcheck check;
  check.interval = duration_flag(reader, "interval");
  check.timeout = duration_flag(reader, "timeout");
  check.start_period = duration_flag(reader, "start-period");
  check.start_interval = duration_flag(reader, "start-interval");
  check.retries = retries_flag(reader);
  reader.end_flags({"interval", "timeout", "start-period", "start-interval", "retries"});
  const std::string text = reader.arguments();
  const std::size_t space = std::min(text.find_first_of(k_spaces), text.size());
  const std::string type = upper(std::string_view(text).substr(0, space));
  const std::string rest(trim(std::string_view(text).substr(space)));
  if (type == "NONE") {
    if (!rest.empty()) reader.fail("NONE takes no arguments");
    return check;
  }
  if (type != "CMD") reader.fail("expected CMD or NONE, found " + base::quote(type));
  auto words = parse_exec_form(rest, reader.arguments_position());
  check.command = words ? CommandLine{true, *std::move(words)} : CommandLine{false, {rest}};
  if (check.command->words.empty() || check.command->words.front().empty())
    reader.fail("expected a command after CMD");
  return check;
}

}  // namespace pinnace::containerfile
