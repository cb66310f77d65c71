#include "verbs/tags.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "disk/resolve_tags.hpp"
#include "oci/tag_order.hpp"

namespace pinnace::verbs {

json::Table<TagsRequest> TagsRequest::table() {
  return job::request_table<TagsRequest>(
      "TagsRequest", "Lists the tags of a repository, layout or archive.",
      {{"repository", &TagsRequest::repository, "An image's name without tag and digest."},
       {"digests", &TagsRequest::digests, "Whether it is asked where each tag leads."},
       {"order", &TagsRequest::order, "By the names' bytes, or older versions first."},
       {"environments", &TagsRequest::environments, "File for env: names; null: none."}});
}

json::Table<TagsResult> TagsResult::table() {
  return {"TagsResult",
          "The tags that there are.",
          {{"tags", &TagsResult::tags, "In the order asked for.", {.count = 100'000}}}};
}

json::Table<TagsResult::Tag> TagsResult::Tag::table() {
  return {"TagsResult.Tag",
          "A tag.",
          {{"name", &Tag::name, "As an image's name has it.", job::k_line},
           {"digest", &Tag::digest,
            "Of the index or manifest that it leads to; null if that was not asked, or it is gone.",
            json::k_digest}}};
}

void TagsRequest::check() const {
  const oci::ImageName name = oci::parse_image_name(repository);
  if (!has_tag(name) && !has_digest(name)) return;
  throw base::Error(base::ErrorCode::invalid_input,
                    repository + ": expected a name without a tag or digest");
}

TagsResult perform(const TagsRequest& request, const job::JobContext& job) {
  places::Access access = job.access(request.places(request.environments));
  const places::Located located =
      access.locate(oci::parse_image_name(request.repository), places::Purpose::prove);
  std::vector<std::string> names = located.store->tags(job.context);
  // A registry that has no such repository says as much as of an empty one.
  if (names.empty() && located.store->is_remote())
    throw base::Error(base::ErrorCode::not_found,
                      "no tags in " + located.store->where() + "; is that its name?");
  if (request.order == TagOrder::version) {
    std::sort(names.begin(), names.end(), oci::is_older_version);
  } else {
    std::sort(names.begin(), names.end());
  }
  TagsResult result;
  std::vector<std::optional<hash::Digest>> found(names.size());
  if (request.digests) found = disk::resolve_tags(job.context, *located.store, names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    result.tags.push_back({std::move(names[i]), {}});
    if (found[i]) result.tags.back().digest = found[i]->str();
  }
  return result;
}

}  // namespace pinnace::verbs
