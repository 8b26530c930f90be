// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace pilothouse {

/// What went wrong, as far as a program has to decide on it. Each kind has one exit code (exitCode()).
enum class ErrorKind {
    Cancelled,   ///< the user or the program asked to stop; not shown as a failure
    Unreachable, ///< no connection, or it broke
    TimedOut,    ///< a limit of time passed
    Denied,      ///< no right, or no credential that is accepted
    NotFound,    ///< the named thing does not exist
    Conflict,    ///< it changed since it was read; a guard refused; somebody else holds it
    Invalid,     ///< the input is wrong: file, option, request
    Refused,     ///< the answer is no: a gate failed, a rule forbids it
    Internal,    ///< a mistake of ours, or an exception nobody expected
};

/// An error as an operator reads it: what happened, where, what to do; the raw answer one click away.
/// Secrets never enter it: whoever makes the text redacts (redact.h).
struct Error {
    ErrorKind kind = ErrorKind::Internal;
    QString what;  ///< one or two sentences: what was tried, what happened
    QString where; ///< host, object or file:line:column; may be empty
    QString hint;  ///< the next step; may be empty
    QString raw;   ///< the foreign text, for the details pane; may be empty

    /// "where: what hint", for a terminal line.
    QString text() const;
    /// A short lower-case word for JSON ("invalid", "not_found" …).
    QString kindName() const;
};

/// Exit code of `pilot` for a kind: Refused, Conflict and Denied 1, Invalid and NotFound 2, Unreachable and TimedOut 3, Internal 70, Cancelled 130.
int exitCode(ErrorKind kind);

Error cancelled();
Error internalError(const std::exception &e);
inline Error invalid(QString what, QString where = {}, QString hint = {}) {
    return {ErrorKind::Invalid, std::move(what), std::move(where), std::move(hint), {}};
}
inline Error notFound(QString what, QString where = {}, QString hint = {}) {
    return {ErrorKind::NotFound, std::move(what), std::move(where), std::move(hint), {}};
}
inline Error refused(QString what, QString where = {}, QString hint = {}) {
    return {ErrorKind::Refused, std::move(what), std::move(where), std::move(hint), {}};
}
/// The error of the last system call (errno) about a file: "Could not <verb> <path>: <reason>".
Error fileError(const QString &verb, const QString &path);

/// A value or an Error. Names follow std::expected, so that it can be exchanged when both compilers have that.
template<class T>
class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    bool has_value() const { return m_state.index() == 0; }
    explicit operator bool() const { return has_value(); }
    /// Asking for the value of an error is a programmer's mistake and throws std::bad_variant_access.
    T &value() & { return std::get<0>(m_state); }
    const T &value() const & { return std::get<0>(m_state); }
    T &&value() && { return std::get<0>(std::move(m_state)); }
    T &operator*() & { return value(); }
    const T &operator*() const & { return value(); }
    /// By value, so that `for (x : *call())` iterates over something that lives.
    T operator*() && { return std::move(*this).value(); }
    T *operator->() { return &value(); }
    const T *operator->() const { return &value(); }
    const Error &error() const & { return std::get<1>(m_state); }
    Error &&error() && { return std::get<1>(std::move(m_state)); }
    T value_or(T other) const { return has_value() ? value() : std::move(other); }

private:
    std::variant<T, Error> m_state;
};

template<>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) {}
    bool has_value() const { return !m_error; }
    explicit operator bool() const { return has_value(); }
    const Error &error() const { return m_error.value(); }

private:
    std::optional<Error> m_error;
};

} // namespace pilothouse

#define PH_CONCAT_(a, b) a##b
#define PH_CONCAT(a, b) PH_CONCAT_(a, b)
/// PH_TRY(expression of Result<void>): returns its Error from the enclosing function.
#define PH_TRY(...)                                                                                                    \
    do {                                                                                                               \
        if (auto phTry_ = (__VA_ARGS__); !phTry_)                                                                      \
            return phTry_.error();                                                                                     \
    } while (false)
/// PH_ASSIGN(auto x, expression of Result<T>): declares x or returns the Error.
#define PH_ASSIGN(declaration, ...) PH_ASSIGN_(PH_CONCAT(phResult_, __LINE__), declaration, __VA_ARGS__)
#define PH_ASSIGN_(name, declaration, ...)                                                                             \
    auto name = (__VA_ARGS__);                                                                                         \
    if (!name)                                                                                                         \
        return std::move(name).error();                                                                                \
    declaration = *std::move(name)
