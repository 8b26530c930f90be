// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_reader_internal.h"

#include "core/base/json.h"

#include <QDateTime>

namespace pilothouse::cluster {

QString plain(std::string_view utf8) { return QString::fromUtf8(utf8.data(), qsizetype(utf8.size())); }

QString TextPool::text(std::string_view utf8) {
    if (utf8.empty())
        return {};
    if (const auto known = m_texts.find(utf8); known != m_texts.end())
        return known->second;
    if (m_texts.size() + m_sets.size() >= m_sweepAt)
        sweep();
    return m_texts.emplace(std::string(utf8), plain(utf8)).first->second;
}

Labels TextPool::labels(const Fields &object) {
    m_key.clear();
    object.fields([&](std::string_view name, dom::element value) {
        std::string_view words;
        if (value.get(words) == simdjson::SUCCESS)
            m_key.append(name).append(1, '\0').append(words).append(1, '\0');
    });
    if (m_key.empty())
        return {};
    if (const auto known = m_sets.find(m_key); known != m_sets.end())
        return known->second;
    const std::string key = m_key; // text() may sweep, which must not see a half-made set
    Labels set;
    object.fields([&](std::string_view name, dom::element value) {
        std::string_view words;
        if (value.get(words) == simdjson::SUCCESS)
            set.insert(text(name), text(words));
    });
    return m_sets.emplace(key, std::move(set)).first->second;
}

void TextPool::sweep() {
    std::erase_if(m_sets, [](const auto &entry) { return entry.second.isDetached(); });
    std::erase_if(m_texts, [](const auto &entry) { return entry.second.isDetached(); });
    m_sweepAt = std::max<std::size_t>(4096, 2 * (m_texts.size() + m_sets.size()));
}

namespace {

/// A number of `count` digits, −1 if they are not.
int digits(std::string_view text, std::size_t at, std::size_t count) {
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9')
            return -1;
        value = 10 * value + (text[i] - '0');
    }
    return value;
}

qint64 daysFromCivil(int year, int month, int day) { // Howard Hinnant's: days since 1970-01-01
    year -= month <= 2;
    const int era = year / 400;
    const int ofEra = year - era * 400;
    const int ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return qint64(era) * 146097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719468;
}

OwnerRef readOwner(const Fields &metadata, TextPool &pool) {
    OwnerRef owner;
    bool found = false;
    metadata.each("ownerReferences", [&](const Fields &reference) {
        if (found || (!owner.name.isEmpty() && !reference.boolean("controller")))
            return;
        found = reference.boolean("controller");
        owner = {pool.text(reference.text("kind")), pool.text(reference.text("name")), pool.text(reference.text("uid"))};
    });
    return owner;
}

void readDetail(KubeRow &row, const KubeKind &kind, const Fields &object, TextPool &pool) {
    const QString &k = kind.kind;
    const auto is = [&k](const char *name) { return k == QLatin1String(name); };
    if (is("Pod"))
        row.detail = readPod(object, pool);
    else if (is("Rollout"))
        row.detail = readRollout(object, pool);
    else if (is("Deployment") || is("ReplicaSet") || is("StatefulSet") || is("DaemonSet"))
        row.detail = readWorkload(object, pool, k);
    else if (is("HorizontalPodAutoscaler"))
        row.detail = readHpa(object, pool);
    else if (is("PersistentVolumeClaim"))
        row.detail = readClaim(object, pool);
    else if (is("Job"))
        row.detail = readJob(object, pool);
    else if (is("CronJob"))
        row.detail = readCronJob(object, pool);
    else if (is("Event"))
        row.detail = readEvent(object, pool);
    else if (is("Service"))
        row.detail = readService(object, pool);
    else if (is("Ingress"))
        row.detail = readIngress(object, pool);
    else if (is("Node"))
        row.detail = readNode(object, pool);
    else if (is("InferenceService"))
        row.detail = readInference(object, pool);
    else if (is("AnalysisRun"))
        row.detail = readAnalysis(object, pool);
}

} // namespace

qint64 secondsOf(std::string_view time) {
    const int year = digits(time, 0, 4), month = digits(time, 5, 2), day = digits(time, 8, 2), hour = digits(time, 11, 2), minute = digits(time, 14, 2), second = digits(time, 17, 2);
    if (std::min({year, month, day, hour, minute, second}) < 0 || month < 1 || month > 12)
        return 0;
    if (time.back() != 'Z') // the API server writes UTC; another server may not
        return QDateTime::fromString(plain(time), Qt::ISODateWithMs).toSecsSinceEpoch();
    return daysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}

Condition conditionOf(const Fields &status, std::string_view type) {
    Condition found;
    status.each("conditions", [&](const Fields &condition) {
        if (!found.there && condition.text("type") == type)
            found = {condition.text("status"), condition.text("reason"), condition.text("message"), true};
    });
    return found;
}

QStringList imagesOf(const Fields &podSpec, TextPool &pool) {
    QStringList images;
    podSpec.each("containers", [&](const Fields &container) { images.append(pool.text(container.text("image"))); });
    return images;
}

QString RowReader::idOf(const Fields &metadata) {
    const std::string_view space = metadata.text("namespace"), name = metadata.text("name");
    return space.empty() ? plain(name) : plain(space) + QLatin1Char('/') + plain(name);
}

KubeRowPtr RowReader::row(dom::element element) {
    const Fields object(element), metadata = object.object("metadata");
    if (metadata.text("name").empty())
        return nullptr;
    auto row = std::make_shared<KubeRow>();
    row->id = idOf(metadata);
    row->space = m_pool.text(metadata.text("namespace"));
    row->name = plain(metadata.text("name"));
    row->uid = plain(metadata.text("uid"));
    const std::string_view version = metadata.text("resourceVersion");
    row->version = QByteArray(version.data(), qsizetype(version.size()));
    row->created = secondsOf(metadata.text("creationTimestamp"));
    row->deleted = secondsOf(metadata.text("deletionTimestamp"));
    row->owner = readOwner(metadata, m_pool);
    row->labels = m_pool.labels(metadata.object("labels"));
    readDetail(*row, m_kind, object, m_pool);
    return row;
}

Result<KubeRowPtr> kubeRow(const KubeKind &kind, const QJsonObject &object) {
    dom::parser parser;
    const QByteArray bytes = compactJson(object);
    dom::element element;
    if (parser.parse(bytes.constData(), std::size_t(bytes.size())).get(element) != simdjson::SUCCESS)
        return invalid(QStringLiteral("This is not an object of Kubernetes."));
    RowReader reader(kind);
    KubeRowPtr row = reader.row(element);
    if (!row)
        return invalid(QStringLiteral("This object has no name."));
    return row;
}

} // namespace pilothouse::cluster
