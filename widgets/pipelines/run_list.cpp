// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/run_list.h"

#include "widgets/base/cells.h"
#include "widgets/base/format.h"

#include <QSet>
#include <QStringMatcher>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

using pipelines::PipelineRun;

namespace {

constexpr int mostSteps = 200; ///< signals; beyond that the list is told as another one

/// Nothing that a row shows differs.
bool sameRow(const PipelineRun &a, const PipelineRun &b) {
    const auto sameStage = [](const pipelines::Stage &x, const pipelines::Stage &y) { return x.state == y.state && x.name == y.name && x.note == y.note && x.attempts.size() == y.attempts.size(); };
    return a.state == b.state && a.started == b.started && a.ended == b.ended && a.note == b.note && a.merged == b.merged && a.gates == b.gates && a.commit == b.commit && a.number == b.number && a.title == b.title &&
           a.systemState == b.systemState && a.startedBy == b.startedBy && a.error.has_value() == b.error.has_value() && std::equal(a.stages.begin(), a.stages.end(), b.stages.begin(), b.stages.end(), sameStage);
}

} // namespace

RunListModel::RunListModel(QObject *parent) : QAbstractListModel(parent), m_state(std::make_shared<const fleet::PipelinesState>()) {}

void RunListModel::setRuns(std::shared_ptr<const fleet::PipelinesState> state) {
    m_names.clear();
    for (const pipelines::Pipeline &pipeline : state->pipelines)
        m_names.insert(pipeline.id, pipelineName(pipeline));
    const auto systems = std::exchange(m_systems, {});
    for (const fleet::SystemSight &sight : state->systems)
        m_systems.insert(sight.connection, {sightWord(sight, *state), sight.problem.has_value() && !sight.connection.isEmpty(), sight.problem ? sight.read : QDateTime()});
    m_counts.clear();
    for (const PipelineRun &run : state->runs)
        ++m_counts[int(run.state)];
    move(state, matching(*state));
    if (systems != m_systems && !m_rows.empty())
        Q_EMIT dataChanged(index(0), index(int(m_rows.size()) - 1));
}

void RunListModel::setShown(const QString &state) {
    if (state == m_shown)
        return;
    m_shown = state;
    beginResetModel();
    m_rows = matching(*m_state);
    endResetModel();
}

void RunListModel::setWords(const QString &words) {
    const QStringList wanted = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (wanted == m_words)
        return;
    m_words = wanted;
    beginResetModel();
    m_rows = matching(*m_state);
    endResetModel();
}

/// A word that a pipeline's name or system has is looked for once a pipeline, and not once a run.
std::vector<int> RunListModel::matching(const fleet::PipelinesState &state) const {
    std::vector<int> rows;
    const bool all = m_shown == QLatin1String("all");
    const pipelines::State wanted = pipelines::stateFromName(m_shown);
    std::vector<QStringMatcher> words;
    for (const QString &word : m_words)
        words.emplace_back(word, Qt::CaseInsensitive);
    const auto has = [](const QStringMatcher &word, const QString &text) { return word.indexIn(text) >= 0; };
    QHash<QString, quint64> ofPipeline; // bits of the words that it has
    for (int i = 0; i < int(state.runs.size()); ++i) {
        const PipelineRun &run = state.runs[std::size_t(i)];
        if (!all && run.state != wanted)
            continue;
        if (!words.empty()) {
            auto known = ofPipeline.constFind(run.pipeline);
            if (known == ofPipeline.constEnd()) {
                quint64 bits = 0;
                const QString where = run.pipeline + QLatin1Char(' ') + m_names.value(run.pipeline) + QLatin1Char(' ') + m_systems.value(run.connection).word;
                for (std::size_t w = 0; w < words.size() && w < 64; ++w)
                    bits |= quint64(has(words[w], where)) << w;
                known = ofPipeline.insert(run.pipeline, bits);
            }
            bool fits = true;
            for (std::size_t w = 0; w < words.size() && fits; ++w)
                fits = (w < 64 && (*known >> w & 1)) || has(words[w], run.id) || has(words[w], run.number) || has(words[w], run.commit) || has(words[w], run.branch) || has(words[w], run.startedBy) ||
                       has(words[w], run.title) || has(words[w], run.model) || has(words[w], run.note) || has(words[w], pipelines::stateName(run.state));
            if (!fits)
                continue;
        }
        rows.push_back(i);
    }
    return rows;
}

/// From the rows that are shown to those of a newer state, by steps that a view can follow.
void RunListModel::move(const std::shared_ptr<const fleet::PipelinesState> &state, std::vector<int> rows) {
    const auto before = m_state; // keeps what the old rows point to
    const auto oldId = [&](std::size_t row) -> const QString & { return before->runs[std::size_t(m_rows[row])].id; };
    const auto newId = [&](std::size_t row) -> const QString & { return state->runs[std::size_t(rows[row])].id; };
    std::size_t head = 0, tail = 0;
    const std::size_t had = m_rows.size(), has = rows.size();
    while (head < had && head < has && oldId(head) == newId(head))
        ++head;
    while (head + tail < had && head + tail < has && oldId(had - 1 - tail) == newId(has - 1 - tail))
        ++tail;
    // What is gone, what is new, and whether the rest kept its order.
    QHash<QString, std::size_t> wanted;
    for (std::size_t i = head; i + tail < has; ++i)
        wanted.insert(newId(i), i);
    QSet<QString> kept;
    std::size_t last = 0, gaps = 0;
    bool ordered = true, gone = false;
    for (std::size_t i = head; i + tail < had; ++i) {
        const auto it = wanted.constFind(oldId(i));
        if (it == wanted.constEnd()) {
            gaps += !gone;
            gone = true;
            continue;
        }
        gone = false;
        ordered = ordered && (kept.isEmpty() || *it > last);
        last = *it;
        kept.insert(oldId(i));
    }
    bool fresh = false;
    for (std::size_t i = head; i + tail < has; ++i) {
        const bool isNew = !kept.contains(newId(i));
        gaps += isNew && !fresh;
        fresh = isNew;
    }
    if (!ordered || gaps > mostSteps) {
        beginResetModel();
        m_state = state;
        m_rows = std::move(rows);
        endResetModel();
        return;
    }
    for (std::size_t i = had - tail; i > head;) { // ranges of rows that go, from the end
        if (wanted.contains(oldId(i - 1))) {
            --i;
            continue;
        }
        std::size_t first = i - 1;
        while (first > head && !wanted.contains(oldId(first - 1)))
            --first;
        beginRemoveRows({}, int(first), int(i) - 1);
        m_rows.erase(m_rows.begin() + qsizetype(first), m_rows.begin() + qsizetype(i));
        endRemoveRows();
        i = first;
    }
    // The rows that stay are the same runs in the same order: from here on they are those of the new state.
    std::vector<int> staying;
    int firstChanged = -1, lastChanged = -1;
    for (std::size_t i = 0; i < has; ++i)
        if (i < head || i + tail >= has || kept.contains(newId(i))) {
            const int row = int(staying.size());
            if (!sameRow(before->runs[std::size_t(m_rows[std::size_t(row)])], state->runs[std::size_t(rows[i])])) {
                firstChanged = firstChanged < 0 ? row : firstChanged;
                lastChanged = row;
            }
            staying.push_back(rows[i]);
        }
    m_state = state;
    m_rows = std::move(staying);
    if (firstChanged >= 0)
        Q_EMIT dataChanged(index(firstChanged), index(lastChanged));
    for (std::size_t i = head; i + tail < has; ++i) {
        if (kept.contains(state->runs[std::size_t(rows[i])].id))
            continue;
        std::size_t end = i + 1;
        while (end + tail < has && !kept.contains(state->runs[std::size_t(rows[end])].id))
            ++end;
        beginInsertRows({}, int(i), int(end) - 1);
        m_rows.insert(m_rows.begin() + qsizetype(i), rows.begin() + qsizetype(i), rows.begin() + qsizetype(end));
        endInsertRows();
        i = end - 1;
    }
}

const PipelineRun *RunListModel::find(const QString &id) const {
    const auto it = std::find_if(m_state->runs.begin(), m_state->runs.end(), [&](const PipelineRun &run) { return run.id == id; });
    return it == m_state->runs.end() ? nullptr : &*it;
}

int RunListModel::rowOf(const QString &id) const {
    const auto it = std::find_if(m_rows.begin(), m_rows.end(), [&](int place) { return m_state->runs[std::size_t(place)].id == id; });
    return it == m_rows.end() ? -1 : int(it - m_rows.begin());
}

QString RunListModel::titleOf(const PipelineRun &run) const { return runTitle(run, m_names.value(run.pipeline)); }

QVariant RunListModel::data(const QModelIndex &index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const PipelineRun &r = row(index.row());
    switch (role) {
    case IdRole: return r.id;
    case Qt::DisplayRole: return titleOf(r);
    case StateRole: return int(stateOf(r.state));
    case SecondRole: return runSentence(r);
    case SecondStateRole: return r.state == pipelines::State::Failed ? QVariant(int(State::Bad)) : QVariant();
    case RightRole: return r.started.isValid() ? moment(r.started, m_now) : QString();
    case RightSecondRole: {
        const double seconds = runSeconds(r, m_now);
        return std::isfinite(seconds) ? runTime(seconds) : QString();
    }
    case ChipRole: {
        const System system = m_systems.value(r.connection, {systemWord(r.system), false, {}});
        QStringList chips{system.old ? tr("%1, %2 old").arg(system.word, age(system.read, m_now)) : system.word};
        if (!r.commit.isEmpty())
            chips << shortCommit(r.commit);
        return chips;
    }
    case MutedRole: return m_systems.value(r.connection).old;
    case Qt::ToolTipRole: return (r.systemState.isEmpty() ? r.id : r.id + QLatin1Char('\n') + r.systemState) + (r.title.isEmpty() ? QString() : QLatin1Char('\n') + r.title);
    case Qt::AccessibleTextRole: return tr("%1 in %2, %3").arg(titleOf(r), m_systems.value(r.connection, {systemWord(r.system), false, {}}).word, runSentence(r));
    default: return {};
    }
}

} // namespace pilothouse::ui
