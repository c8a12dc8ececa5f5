#ifndef LIFEBOAT_CLI_STANDARD_STREAMS_H_
#define LIFEBOAT_CLI_STANDARD_STREAMS_H_

#include <string_view>

namespace lifeboat::cli {

/// Makes sure that descriptors 0, 1 and 2 are taken, so that no file opened later gets one of them
/// and the result written into it. A closed stdout stays one that cannot be written.
void occupy_standard_streams();

/// Writes all of it. Throws Error(internal) if the stream is closed or its device full.
void write_stdout(std::string_view text);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_STANDARD_STREAMS_H_
