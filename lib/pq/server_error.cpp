#include <algorithm>
#include <cctype>

#include "pq/connection_state.h"

namespace lifeboat::pq {
namespace {

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

std::string first_line(std::string text) {
  const std::size_t end = text.find('\n');
  if (end != std::string::npos) text.resize(end);
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.pop_back();
  return text;
}

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0 || std::isupper(c) != 0;
         });
}

/// Finds "FATAL:  28P01: words" in what libpq says, being verbose, where it keeps no fields: of a
/// failed start-up and of a session that the server ended.
ServerError failure_in(const std::string& text) {
  for (std::size_t at = text.find(":  "); at != std::string::npos; at = text.find(":  ", at + 1)) {
    const std::size_t start = at + 3;
    if (start + 6 > text.size() || text[start + 5] != ':') continue;
    if (!is_sqlstate(std::string_view(text).substr(start, 5))) continue;
    const std::size_t words = text.find_first_not_of(' ', start + 6);
    return {text.substr(start, 5), first_line(text.substr(words)), ""};
  }
  return {"", first_line(text), ""};
}

ErrorKind kind_of(const std::string& sqlstate, bool stopping, bool lost) {
  const std::string_view kind = std::string_view(sqlstate).substr(0, 2);
  if (sqlstate == "57014") return stopping ? ErrorKind::cancelled : ErrorKind::unavailable;
  if (kind == "08" || kind == "53" || kind == "57" || kind == "40") return ErrorKind::unavailable;
  if (kind == "28" || sqlstate == "42501") return ErrorKind::denied;
  if (sqlstate == "3D000") return ErrorKind::not_found;
  if (sqlstate == "55P03") return ErrorKind::busy;
  return lost ? ErrorKind::unavailable : ErrorKind::internal;
}

std::string in_words(const ServerError& failure) {
  return failure.sqlstate.empty() ? failure.message
                                  : failure.message + " (" + failure.sqlstate + ")";
}

}  // namespace

ServerError error_of(const PGresult* result) {
  ServerError failure{field(result, PG_DIAG_SQLSTATE), field(result, PG_DIAG_MESSAGE_PRIMARY),
                      field(result, PG_DIAG_MESSAGE_DETAIL)};
  return failure.message.empty() ? failure_in(PQresultErrorMessage(result)) : failure;
}

ServerError last_error_of(const PGconn* connection) {
  return failure_in(PQerrorMessage(connection));
}

Error to_error(const ServerError& failure, bool stopping, bool lost) {
  return Error(kind_of(failure.sqlstate, stopping, lost), in_words(failure));
}

Error connect_error(const PGconn* connection) {
  const ServerError failure = last_error_of(connection);
  if (PQconnectionNeedsPassword(connection) != 0) {
    return Error(ErrorKind::denied, "connect: the server wants a password and the URL has none",
                 "add it to the URL behind the user's name and a colon");
  }
  // libpq read its options and did not like one; nothing was tried yet.
  if (failure.message.starts_with("invalid ")) {
    return Error(ErrorKind::usage, "connect: " + failure.message,
                 "check the parameters at the end of the URL");
  }
  Error error(kind_of(failure.sqlstate, false, true), "connect: " + in_words(failure));
  switch (error.kind()) {
    case ErrorKind::denied:
      error.add_hint("check user and password; Heroku changes them without notice");
      break;
    case ErrorKind::not_found:
      error.add_hint("check the database's name at the end of the URL");
      break;
    case ErrorKind::unavailable:
      if (failure.sqlstate == "53300") {
        error.add_hint(
            "wait until other clients have gone, or raise the connection limit of the role, the "
            "database or the server");
      }
      error.add_hint("check host and port, and that the server runs and can be reached from here");
      break;
    case ErrorKind::usage:
    case ErrorKind::busy:
    case ErrorKind::corrupt:
    case ErrorKind::stale:
    case ErrorKind::refused:
    case ErrorKind::cancelled:
    case ErrorKind::internal:
      break;
  }
  return error;
}

}  // namespace lifeboat::pq
