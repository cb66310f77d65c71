#include "inventory/wanted_documents.hpp"

#include <algorithm>
#include <utility>

namespace pinnace::inventory {

namespace {

constexpr unsigned k_max_reads = 16;
constexpr unsigned k_max_names = 100;

Finding not_read(std::string path, const char* why) {
  return {{std::move(path)}, std::string("could not be read: ") + why};
}

}  // namespace

std::shared_ptr<const Document> KeptDocuments::keep(Document document) {
  const std::size_t size = size_of(document);
  if (size > m_most - *m_bytes) return nullptr;
  *m_bytes += size;
  auto give_back = [bytes = m_bytes, size](const Document* kept) {
    *bytes -= size;
    delete kept;
  };
  return {new Document(std::move(document)), std::move(give_back)};
}

WantedDocuments::Same WantedDocuments::group(const std::vector<Wanted>& wanted) {
  Same same;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Wanted& one = wanted[i];
    std::string meaning(meaning_of_path(one.kind, one.path));
    const auto [place, is_new] = same.try_emplace({one.source, one.kind, std::move(meaning)});
    if (is_new && ++m_names[one.source] > k_max_names) {
      same.erase(place);
      m_find(one.source.layer, not_read(one.path, "its content has too many names"));
    } else {
      place->second.push_back(i);
    }
  }
  return same;
}

bool WantedDocuments::may_read(std::size_t layer, const std::vector<Wish>& wishes) {
  const char* why = nullptr;
  if (!m_read_again) why = "only links show it here";
  if (m_reads[layer]++ >= k_max_reads) why = "too many layers link to what is in its layer";
  if (why == nullptr) return true;
  for (const Wish& wish : wishes) m_find(layer, not_read(wish.path, why));
  return false;
}

WantedDocuments::Documents WantedDocuments::read(const std::vector<Wanted>& wanted) {
  Documents found(wanted.size());
  const Same same = group(wanted);
  for (auto next = same.begin(); next != same.end();) {
    const std::size_t layer = std::get<ImageTree::Source>(next->first).layer;
    std::vector<std::pair<Wish, const std::vector<std::size_t>*>> wishes;
    for (; next != same.end() && std::get<ImageTree::Source>(next->first).layer == layer; ++next) {
      const Wanted& one = wanted[next->second.front()];
      wishes.push_back({{one.source.entry, one.kind, one.path}, &next->second});
    }
    std::sort(wishes.begin(), wishes.end());
    std::vector<Wish> sorted;
    for (const auto& [wish, who] : wishes) sorted.push_back(wish);
    if (!may_read(layer, sorted)) continue;
    LayerInventory again = m_read_again(layer, std::move(sorted));
    for (Document& document : again.documents) {
      const auto& [wish, who] = wishes.at(document.entry);
      const auto kept = m_kept.keep(std::move(document));
      if (kept == nullptr)
        m_find(layer, not_read(wish.path, "the image's files say more than an inventory takes"));
      for (const std::size_t i : *who) found[i] = kept;
    }
    for (Finding& finding : again.findings) m_find(layer, std::move(finding));
  }
  return found;
}

}  // namespace pinnace::inventory
