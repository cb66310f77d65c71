#include "release/promote.hpp"

#include "base/error.hpp"
#include "store/verified.hpp"

namespace pinnace::release {

using base::Error;
using base::ErrorCode;

namespace {

transfer::Tags tags_of(const config::Environment& environment, const Promotion& promotion) {
  return environment.immutable ? transfer::Tags::keep : promotion.tags;
}

/// So that what can't succeed sends nothing; put_unmoved() decides.
void check_tag(const base::Context& context, const config::Environment& environment,
               const Promotion& promotion) {
  if (tags_of(environment, promotion) == transfer::Tags::move || promotion.tag.empty()) return;
  store::check_unmoved(promotion.target->where(), promotion.tag,
                       store::resolve_sound(*promotion.target, context, promotion.tag),
                       promotion.digest);
}

/// Whether an environment got the image itself. What is attached to another one came along with
/// that, whoever attached it, unless a tag leads to it.
bool has_image(const base::Context& context, store::BlobStore& place, const Promotion& promotion,
               bool is_attached) {
  if (!is_attached) return place.lists(context, promotion.digest);
  if (promotion.tag.empty()) return false;
  const auto tagged = store::resolve_sound(place, context, promotion.tag);
  return tagged && tagged->digest == promotion.digest;
}

/// `unasked`: a list of reasons, each behind a semicolon.
void warn_of(const base::Context& context, const std::string& unasked) {
  if (!unasked.empty()) context.warn(unasked.substr(2) + "; another one has the image");
}

void check_origin(const base::Context& context, const config::Environment& environment,
                  const Promotion& promotion) {
  if (promotion.admitted_from.empty()) return;
  const auto manifest = store::get_manifest(*promotion.source, context, promotion.digest.str());
  const bool is_attached = store::subject_of(manifest).has_value();
  std::string names;
  std::string unasked;
  ErrorCode code = ErrorCode::conflict;
  for (const auto& [name, open] : promotion.admitted_from) {
    try {
      if (has_image(context, *open(), promotion, is_attached)) return warn_of(context, unasked);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      if (unasked.empty()) code = error.code();
      unasked += "; environment " + name + " can't be asked: " + error.what();
    }
    names += (names.empty() ? "" : " or ") + name;
  }
  throw Error(code, "environment " + environment.name + " admits only what is in " + names +
                        ", and " + promotion.digest.str() +
                        (unasked.empty() ? " is not" : " was not found there" + unasked));
}

void check_rules(const config::Environment& environment) {
  if (!environment.admits) return;
  std::string rule;
  if (environment.admits->soak) rule = "soak";
  if (!environment.admits->requirements.empty()) rule = "requires";
  if (rule.empty()) return;
  throw Error(ErrorCode::unsupported,
              "environment " + environment.name + " has the rule \"" + rule +
                  "\", which this version cannot check; nothing is promoted unchecked");
}

}  // namespace

transfer::CopyResult promote(const base::Context& context, const config::Environment& environment,
                             const Promotion& promotion) {
  check_rules(environment);
  check_origin(context, environment, promotion);
  check_tag(context, environment, promotion);
  const transfer::CopyResult result = transfer::copy_image(
      context, *promotion.source, promotion.digest.str(), *promotion.target, promotion.tag,
      {.referrers = transfer::Referrers::copy_attachments,
       .tags = tags_of(environment, promotion),
       .repair = promotion.repair});
  const std::string written = promotion.tag.empty() ? promotion.digest.str() : promotion.tag;
  // Its bytes: a registry that loses what it took may still know the digest.
  const auto present = promotion.target->find_manifest(context, written);
  if (!present || present->digest != promotion.digest) {
    throw Error(ErrorCode::integrity, promotion.target->where() + " does not hold " +
                                          promotion.digest.str() + " under \"" + written +
                                          "\" after it was written");
  }
  return result;
}

}  // namespace pinnace::release
