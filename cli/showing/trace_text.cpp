#include "cli/showing/trace_text.hpp"

#include <algorithm>

#include "cli/output/text.hpp"

namespace pinnace::cli {

namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t k_most = 50;  ///< of one kind; --format json has all
constexpr std::size_t k_short = 12;

void add(Lines& lines, std::string name, const std::optional<std::string>& text) {
  constexpr std::size_t k_width = 12;
  if (!text || text->empty()) return;
  name.resize(std::max(name.size() + 1, k_width), ' ');
  lines.push_back("  " + name + *text);
}

std::string text_of(const origin::Commit& commit) {
  return commit.id.substr(0, k_short) + "  " + commit.date + "  " + commit.author + ": " +
         commit.subject;
}

void add_since(Lines& lines, const std::optional<origin::Commit>& since) {
  if (since) add(lines, "  since", text_of(*since));
}

std::string of_layer(std::uint64_t layer, origin::Owner owner) {
  const std::string text = "layer " + std::to_string(layer);
  if (owner == origin::Owner::base) return text + ", the base's";
  return owner == origin::Owner::own ? text + ", its own" : text;
}

template <class Item, class Show>
void add_each(Lines& lines, const std::vector<Item>& items, Show show) {
  for (std::size_t i = 0; i < items.size() && i < k_most; ++i) show(items[i]);
  if (items.size() > k_most)
    lines.push_back("  and " + std::to_string(items.size() - k_most) +
                    " more, which --format json has");
}

void add_code(Lines& lines, const tracing::TraceResult& result) {
  lines.emplace_back("code");
  const origin::Build* build = result.builds.empty() ? nullptr : &result.builds.front();
  const bool is_proven = build != nullptr && build->revision;
  const auto& repository = is_proven ? build->repository : result.repository;
  add(lines, "repository", repository);
  if (is_proven && !build->directory.value_or("").empty())
    add(lines, "directory", build->directory);
  if (const auto& revision = is_proven ? build->revision : result.revision)
    add(lines, "revision",
        *revision + (!is_proven                     ? "  (as the image itself says)"
                     : build->dirty.value_or(false) ? "  and changes that are in no commit"
                                                    : ""));
  add_each(lines, result.artifacts, [&](const origin::Artifact& one) {
    add(lines, "artifact",
        "/" + one.path + "  " + one.purl.value_or("") + "  " + one.digest.value_or("") +
            "  layer " + std::to_string(one.layer));
  });
}

std::string text_of(const origin::Count& one) {
  return std::to_string(one.count) + " " + one.type +
         (one.of_base ? ", " + std::to_string(*one.of_base) + " of the base" : "");
}

void add_infrastructure(Lines& lines, const tracing::TraceResult& result) {
  lines.emplace_back("infrastructure");
  add(lines, "system", result.os);
  const origin::Base& base = result.base;
  if (base.name || base.digest)
    add(lines, "base", base.name.value_or("") + "@" + base.digest.value_or(""));
  if (base.entry) add(lines, "  locked as", base.entry);
  add_since(lines, base.since);
  for (const origin::Count& one : result.packages) add(lines, "packages", text_of(one));
}

void add_build(Lines& lines, const origin::Build& build) {
  lines.push_back(std::string("build, as the ") + (build.is_signed ? "signed " : "") +
                  "provenance in " + build.where + " says");
  add(lines, "builder", build.builder);
  add(lines, "job", build.job);
  add(lines, "build", build.build);
  add(lines, "url", build.url);
  add(lines, "note", build.note);
  add_each(lines, build.inputs, [&](const origin::Input& one) {
    const std::string named = one.uri.empty() ? one.name : one.uri;
    const char* kind = one.uri.empty() && one.name == build.definition ? "definition"
                       : one.uri.empty() && one.name == build.lock     ? "lock"
                       : one.name.empty() || one.uri.empty()           ? "input"
                                                                       : one.name.c_str();
    add(lines, kind, named + "  " + one.digest);
    if (one.entry) add(lines, "  locked as", one.entry);
    add_since(lines, one.since);
  });
}

void add_layers(Lines& lines, const tracing::TraceResult& result) {
  lines.emplace_back("layers");
  std::uint64_t number = 0;
  add_each(lines, result.layers, [&](const origin::Layer& one) {
    add(lines, of_layer(number++, one.owner),
        one.digest + "  " + human_size(one.size) + "  " + std::to_string(one.packages) +
            " packages  " + one.instruction.value_or(""));
  });
}

void add_unknown(Lines& lines, const tracing::TraceResult& result) {
  if (result.unknown.empty()) return;
  lines.emplace_back("not known");
  add_each(lines, result.unknown, [&](const std::string& one) { lines.push_back("  " + one); });
}

}  // namespace

Lines trace_lines(const tracing::TraceResult& result) {
  Lines lines = {result.reference};
  add(lines, "digest", result.digest);
  if (result.manifest != result.digest) add(lines, "manifest", result.manifest);
  add(lines, "platform", result.platform);
  if (result.signatures != 0)
    add(lines, "signatures", std::to_string(result.signatures) + ", not verified here");
  add_code(lines, result);
  add_infrastructure(lines, result);
  for (const origin::Build& one : result.builds) add_build(lines, one);
  add_layers(lines, result);
  add_unknown(lines, result);
  return lines;
}

Lines answer_lines(const tracing::TraceResult& result) {
  Lines lines;
  if (result.answers.empty()) lines.push_back("not in " + result.reference);
  add_each(lines, result.answers, [&](const origin::Answer& one) {
    lines.push_back(one.purl.value_or("/" + one.path));
    add(lines, "file", "/" + one.path + "  " + one.digest.value_or(""));
    const origin::Layer& layer = result.layers.at(one.layer);
    add(lines, "layer", of_layer(one.layer, one.owner) + "  " + layer.digest);
    add(lines, "made by", layer.instruction);
    if (one.owner == origin::Owner::base)
      add(lines, "base", result.base.name.value_or("") + "@" + result.base.digest.value_or(""));
    add(lines, "locked as", one.entry);
    if (one.since) add(lines, "since", text_of(*one.since));
  });
  add_unknown(lines, result);
  return lines;
}

}  // namespace pinnace::cli
