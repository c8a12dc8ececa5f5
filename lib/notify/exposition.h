#ifndef LIFEBOAT_NOTIFY_EXPOSITION_H_
#define LIFEBOAT_NOTIFY_EXPOSITION_H_

#include <filesystem>
#include <string>
#include <vector>

#include "notify/sample.h"

namespace lifeboat::notify {

/// Prometheus' text format 0.0.4: HELP and TYPE once a family, then its samples. `samples` stand
/// family by family, as samples_of() gives them. No time stamps: the textfile collector refuses
/// them.
[[nodiscard]] std::string prometheus_text(const std::vector<Sample>& samples);

/// Replaces a file whole: written under another name in the same folder, mode 0644, then renamed,
/// so that a reader sees the old one or the new one. Throws Error as os::create_file() does.
void replace_file(const std::filesystem::path& file, const std::string& text);

enum class Tags { no, yes };

/// StatsD gauges, one a line, packed into datagrams of at most 1432 bytes (what fits into one
/// Ethernet frame under IPv6, too). With tags (DogStatsD) the labels follow as
/// "|#app:shop,drill:weekly"; without, their values follow the name as parts of a path:
/// "lifeboat_drill_rta_seconds.shop.weekly". Labels are cut at 200 bytes; there is no line for what
/// is no number or infinite, for which neither protocol has a word.
[[nodiscard]] std::vector<std::string> statsd_datagrams(const std::vector<Sample>& samples,
                                                        Tags tags);

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_NOTIFY_EXPOSITION_H_
