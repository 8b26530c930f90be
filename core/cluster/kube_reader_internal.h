// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_rows.h"

#include <simdjson.h>

#include <string>
#include <string_view>
#include <unordered_map>

namespace pilothouse::cluster {

namespace dom = simdjson::dom;

/// Fields of a JSON object that may be missing or of another type: then the empty value.
class Fields {
public:
    Fields() = default;
    Fields(dom::element element) { m_there = element.get(m_object) == simdjson::SUCCESS; }
    explicit operator bool() const { return m_there; }
    std::string_view text(std::string_view key) const { return get<std::string_view>(key); }
    qint64 integer(std::string_view key, qint64 otherwise = 0) const {
        const auto value = find(key);
        int64_t number = 0;
        return value.get(number) == simdjson::SUCCESS ? qint64(number) : otherwise;
    }
    bool boolean(std::string_view key) const { return get<bool>(key); }
    bool has(std::string_view key) const { return find(key).error() == simdjson::SUCCESS; }
    Fields object(std::string_view key) const {
        dom::element value;
        return find(key).get(value) == simdjson::SUCCESS ? Fields(value) : Fields();
    }
    /// Calls fn(element) for each item of an array.
    template<class Fn>
    void each(std::string_view key, Fn fn) const {
        dom::array array;
        if (find(key).get(array) == simdjson::SUCCESS)
            for (const dom::element item : array)
                fn(item);
    }
    /// Calls fn(key, element) for each field.
    template<class Fn>
    void fields(Fn fn) const {
        if (m_there)
            for (const auto [key, value] : m_object)
                fn(key, value);
    }
    /// A text or a number as a text: quantities, "25%" or 1.
    std::string anyText(std::string_view key) const {
        dom::element value;
        std::string_view words;
        if (find(key).get(value) != simdjson::SUCCESS || value.is_null())
            return {};
        return value.get(words) == simdjson::SUCCESS ? std::string(words) : std::string(simdjson::minify(value));
    }
    simdjson::simdjson_result<dom::element> find(std::string_view key) const {
        return m_there ? m_object.at_key(key) : simdjson::simdjson_result<dom::element>(simdjson::NO_SUCH_FIELD);
    }

private:
    template<class T>
    T get(std::string_view key) const {
        T value{};
        return find(key).get(value) == simdjson::SUCCESS ? value : T{};
    }
    dom::object m_object;
    bool m_there = false;
};

/// Texts that many objects share, kept once. What only the pool still holds is dropped now and then. One thread at a time.
class TextPool {
public:
    QString text(std::string_view utf8);
    Labels labels(const Fields &object);
    std::size_t size() const { return m_texts.size() + m_sets.size(); }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    void sweep();
    std::unordered_map<std::string, QString, Hash, std::equal_to<>> m_texts;
    std::unordered_map<std::string, Labels, Hash, std::equal_to<>> m_sets;
    std::size_t m_sweepAt = 4096;
    std::string m_key; ///< of a set, reused
};

/// Makes rows of the objects of one kind.
class RowReader {
public:
    explicit RowReader(KubeKind kind) : m_kind(std::move(kind)) {}
    /// Null: it has no name, so it is no object.
    KubeRowPtr row(dom::element object);
    /// "namespace/name" of an object without more.
    static QString idOf(const Fields &metadata);
    TextPool &pool() { return m_pool; }

private:
    KubeKind m_kind;
    TextPool m_pool;
};

QString plain(std::string_view utf8); ///< not pooled: what is different in each object
/// Seconds since 1970 of an RFC 3339 time; 0 if it is none.
qint64 secondsOf(std::string_view time);
/// The status of the condition of a type in an array of conditions.
struct Condition {
    std::string_view status, reason, message;
    bool there = false;
};
Condition conditionOf(const Fields &status, std::string_view type);
QStringList imagesOf(const Fields &podSpec, TextPool &pool);

PodRow readPod(const Fields &object, TextPool &pool);
WorkloadRow readWorkload(const Fields &object, TextPool &pool, const QString &kind);
WorkloadRow readRollout(const Fields &object, TextPool &pool);
HpaRow readHpa(const Fields &object, TextPool &pool);
ClaimRow readClaim(const Fields &object, TextPool &pool);
JobRow readJob(const Fields &object, TextPool &pool);
CronJobRow readCronJob(const Fields &object, TextPool &pool);
EventRow readEvent(const Fields &object, TextPool &pool);
ServiceRow readService(const Fields &object, TextPool &pool);
IngressRow readIngress(const Fields &object, TextPool &pool);
NodeRow readNode(const Fields &object, TextPool &pool);
InferenceRow readInference(const Fields &object, TextPool &pool);
AnalysisRow readAnalysis(const Fields &object, TextPool &pool);

} // namespace pilothouse::cluster
