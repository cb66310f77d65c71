#include "release/promote.hpp"

#include "base/error.hpp"
#include "verbs/promote.hpp"

namespace pinnace::verbs {

json::Table<PromoteRequest> PromoteRequest::table() {
  return job::request_table<PromoteRequest>(
      "PromoteRequest", "Moves the same bytes, by digest, into an environment.",
      {{"reference", &PromoteRequest::reference, "Image."},
       {"to", &PromoteRequest::to, "Environment."},
       {"environments", &PromoteRequest::environments, "File that defines it."},
       {"tag", &PromoteRequest::tag, "In the environment; null: that of the reference."},
       {"as",
        &PromoteRequest::as,
        "Name of the image in the environment; null: the one that follows from the reference.",
        {.later = true}},
       {"repair",
        &PromoteRequest::repair,
        "Whether all that is there is read, and sent again where it is missing or damaged.",
        {.later = true}}});
}

json::Table<PromoteResult> PromoteResult::table() {
  return {
      "PromoteResult",
      "What was promoted, and where to.",
      {{"source", &PromoteResult::source, "The reference that was asked for.", job::k_line},
       {"target", &PromoteResult::target, "Reference in the environment, by digest.", job::k_line},
       {"digest", &PromoteResult::digest, "Of the index or manifest.", json::k_digest},
       {"mediaType", &PromoteResult::media_type, "Of the same.", job::k_name},
       {"environment", &PromoteResult::environment, "Its name.", job::k_name},
       {"tag", &PromoteResult::tag, "In the environment; null for none.", job::k_name},
       {"replaced", &PromoteResult::replaced,
        "Digest that the tag led to before; null if it led nowhere, or to this image.",
        json::k_digest},
       {"bytesSent", &PromoteResult::bytes_sent, "Bytes of blobs that were sent.", job::k_size}}};
}

void PromoteRequest::check() const {
  (void)oci::parse_image_name(reference);
  if (tag && !oci::is_tag(*tag))
    throw base::Error(base::ErrorCode::invalid_input, "invalid tag \"" + *tag + "\"");
}

namespace {

/// Two layouts "out" of two directories are two images, which only a name can tell apart.
void check_same_image(const base::Context& context, const std::string& source,
                      const places::Located& target, const std::string& image,
                      const std::string& tag, const hash::Digest& digest) {
  const auto there = tag.empty() ? std::nullopt : store::resolve_sound(*target.store, context, tag);
  if (!there || there->digest == digest) return;
  throw base::Error(base::ErrorCode::conflict,
                    target.store->where() + ":" + tag + " is " + there->digest.str() +
                        " already, and may be another image than " + source +
                        ", of whose path the name " + image +
                        " is the last part alone; expected --as " + image +
                        " if it is the same image, or --as with the name of another one");
}

/// "1.0" of "localhost/web:1.0", as layouts and archives of other tools have names.
std::string plain_tag(const std::string& name) {
  return name.substr(name.rfind(':') + 1);
}

}  // namespace

PromoteResult perform(const PromoteRequest& request, const job::JobContext& job) {
  places::Access access = job.access(request.places(request.environments));
  const oci::ImageName reference = oci::parse_image_name(request.reference);
  const places::EnvironmentPlaces& places = access.environments();
  const config::Environment& environment = places.environments().get(request.to);
  const places::GivenName name =
      request.as ? places::GivenName{*request.as} : places.image_name(reference);
  const places::Located source = access.locate(reference, places::Purpose::prove);
  const oci::RawManifest manifest =
      store::get_manifest(*source.store, job.context, source.tag_or_digest());
  const std::string tag = request.tag.value_or(plain_tag(source.tag.value_or("")));

  const auto locate = [&](const std::string& place, places::Purpose purpose) {
    return access.locate_inside({place, name.image, {}, {}}, purpose);
  };
  const places::Located target = locate(request.to, places::Purpose::promote);
  if (!name.is_whole)
    check_same_image(job.context, to_string(reference), target, name.image, tag, manifest.digest);
  release::Promotion promotion{source.store.get(),
                               manifest.digest,
                               target.store.get(),
                               tag,
                               name.is_whole ? transfer::Tags::move : transfer::Tags::keep,
                               request.repair ? transfer::Repair::yes : transfer::Repair::no,
                               {}};
  for (const std::string& origin :
       environment.admits ? environment.admits->from : std::vector<std::string>{})
    promotion.admitted_from.push_back(
        {origin, [&locate, origin] { return locate(origin, places::Purpose::prove).store; }});
  const transfer::CopyResult done =
      base::with_context([&] { return "promoting " + to_string(reference) + " to " + request.to; },
                         [&] { return release::promote(job.context, environment, promotion); });
  PromoteResult result;
  result.source = to_string(reference);
  result.target =
      target.store->where() + (tag.empty() ? "" : ":" + tag) + "@" + manifest.digest.str();
  result.digest = manifest.digest.str();
  result.media_type = manifest.media_type;
  result.environment = environment.name;
  if (!tag.empty()) result.tag = tag;
  if (done.replaced) result.replaced = done.replaced->str();
  result.bytes_sent = done.blobs.bytes_uploaded;
  return result;
}

}  // namespace pinnace::verbs
