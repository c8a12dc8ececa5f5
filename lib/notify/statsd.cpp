#include <algorithm>
#include <cmath>

#include "notify/event.h"  // decimal()
#include "notify/exposition.h"

namespace lifeboat::notify {
namespace {

constexpr std::size_t kMostDatagramBytes = 1432;

/// Three of them and a name always fit into a datagram.
constexpr std::size_t kMostLabelBytes = 200;

/// Neither protocol can escape: what could have a meaning in a line becomes '_'.
std::string plain(std::string_view text, std::string_view kept) {
  std::string result(text.substr(0, kMostLabelBytes));
  const auto allowed = [kept](char c) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return word || kept.find(c) != std::string_view::npos;
  };
  std::ranges::replace_if(
      result, [&](char c) { return !allowed(c); }, '_');
  return result;
}

std::string name_with_path(const Sample& sample) {
  std::string name(sample.name);
  for (const auto& [label, value] : sample.labels) name += "." + plain(value, "-_");
  return name;
}

std::string tags_of(const Sample& sample) {
  std::string tags;
  for (const auto& [label, value] : sample.labels) {
    tags += (tags.empty() ? "|#" : ",") + std::string(label) + ":" + plain(value, "-_./");
  }
  return tags;
}

/// A gauge with a sign is a change of it: what is below zero is set to zero first.
std::string line_of(const Sample& sample, Tags tags) {
  const std::string name = tags == Tags::yes ? std::string(sample.name) : name_with_path(sample);
  const std::string end = "|g" + (tags == Tags::yes ? tags_of(sample) : "");
  const std::string line = name + ":" + decimal(sample.value) + end;
  const bool negative = sample.value < 0 && tags == Tags::no;
  return negative ? name + ":0" + end + "\n" + line : line;
}

}  // namespace

std::vector<std::string> statsd_datagrams(const std::vector<Sample>& samples, Tags tags) {
  std::vector<std::string> datagrams;
  for (const Sample& sample : samples) {
    if (!std::isfinite(sample.value)) continue;
    const std::string line = line_of(sample, tags);
    if (datagrams.empty() || datagrams.back().size() + 1 + line.size() > kMostDatagramBytes) {
      datagrams.push_back(line);
    } else {
      datagrams.back() += "\n" + line;
    }
  }
  return datagrams;
}

}  // namespace lifeboat::notify
