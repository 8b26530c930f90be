// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/labels_taker.h"

#include "app/pilot/data_source.h"
#include "app/pilot/label_lines.h"

#include "core/serving/json_text.h"
#include "core/serving/labels.h"
#include "core/serving/rollout_control.h"
#include "core/serving/serving_store.h"

namespace pilothouse {

namespace {

constexpr std::size_t atOnce = 1000; ///< labels a transaction: the prediction log waits for it

serving::Label labelOf(const LabelLine &line, bool classes) {
    serving::Label label;
    label.predictionId = line.id.toStdString();
    label.isClass = classes;
    label.cameMs = line.cameMs;
    if (classes)
        label.text = line.name.toStdString();
    else
        label.values = {line.value};
    return label;
}

} // namespace

LabelsTaker::LabelsTaker(Context &context, workspace::LabelsSource source, serving::InferenceServer &server, std::shared_ptr<const Clock> clock)
    : m_context(context), m_source(std::move(source)), m_server(server), m_clock(std::move(clock)) {}

void LabelsTaker::look(std::stop_token stop) {
    if (!m_server.control().split()->stable)
        return; // nothing was asked yet, and nobody knows whether numbers or classes are told
    auto taken = take(stop);
    if (!taken && taken.error().kind == ErrorKind::Cancelled)
        return;
    serving::LabelsLook look = taken ? *std::move(taken) : serving::LabelsLook{};
    look.source = m_source.source;
    look.atMs = m_clock->nowUtc().toMSecsSinceEpoch();
    if (!taken)
        look.problem = taken.error().text();
    QString trouble = look.problem.isEmpty() ? look.whyRefused : look.problem;
    if (look.taken > 0 || trouble != m_said)
        m_context.note(look.sentence());
    m_said = std::move(trouble);
    if (const auto saved = m_server.store().save(serving::labelsLookKey, look.toJson()); !saved)
        m_context.note(QStringLiteral("How it went with the labels could not be written down: %1").arg(saved.error().text()));
}

Result<serving::LabelsLook> LabelsTaker::take(std::stop_token stop) {
    workspace::DataSpec spec;
    spec.source = m_source.source;
    if (sources::sourceKind(spec.source) != sources::SourceKind::File) {
        PH_ASSIGN(const sources::Cache cache, sources::Cache::open());
        PH_ASSIGN(const sources::Access access, dataAccess(m_context));
        PH_ASSIGN(const sources::LocalFile file, sources::fetchSource({spec.source, {}, {}}, access, cache, stop));
        spec.fetched = file.path;
    }
    const bool classes = m_server.control().split()->stable->classes;
    PH_ASSIGN(const std::vector<LabelLine> lines, labelLinesOf(spec, m_source.query, classes, stop));
    serving::LabelsLook look;
    std::vector<serving::Label> labels;
    for (const LabelLine &line : lines) {
        if (!line.missing(classes)) {
            labels.push_back(labelOf(line, classes));
        } else if (look.refused++ == 0) {
            look.whyRefused = QStringLiteral("a line without an id or a value");
        }
    }
    PH_ASSIGN(const serving::NewLabels found, serving::newLabels(labels, *m_server.store().database()));
    look.standing = found.standing;
    look.unknown = found.unknown;
    for (std::size_t at = 0; at < found.labels.size() && !stop.stop_requested(); at += atOnce) {
        const auto begin = found.labels.begin() + std::ptrdiff_t(at);
        PH_ASSIGN(const serving::LabelOutcome outcome, serving::takeLabels({begin, begin + std::ptrdiff_t(std::min(atOnce, found.labels.size() - at))}, m_server.store(), m_server.log(), m_server.control()));
        look.taken += outcome.accepted;
        look.unknown += qint64(outcome.unknown.size());
        if (!outcome.rejected.empty() && look.refused == 0)
            look.whyRefused = QStringLiteral("%1: %2").arg(serving::fromUtf8(outcome.rejected.front().first), serving::fromUtf8(outcome.rejected.front().second));
        look.refused += qint64(outcome.rejected.size());
    }
    return look;
}

} // namespace pilothouse
