// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/propose.h"

#include "core/data/propose_target.h"
#include "core/data/resample.h"

#include <QDateTime>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTimeZone>

#include <algorithm>
#include <cmath>

namespace pilothouse::data {

namespace {

using workspace::TaskKind;

/// Fills the recipe key by key, with a sentence for each.
class Proposer {
public:
    Proposer(const Table &table, const Profile &profile, const QString &source) : m_table(table), m_profile(profile) {
        m_recipe.data.source = QFileInfo(source).absoluteFilePath();
        m_recipe.name = plainName(source);
    }
    Result<Proposal> run(const QString &target);

private:
    static QString plainName(const QString &source);
    void missing();
    Result<void> target(const QString &wanted);
    const ColumnStatistics *findTarget() const;
    bool canPredict(const ColumnStatistics &s) const;
    bool partOfTime(const QString &name) const;
    void forecast();
    void features();
    QString whyExcluded(const ColumnStatistics &s) const;
    void split();
    std::int64_t lastFifth() const;
    void transforms();
    void estimators();
    void gates();
    void why(const QString &sentence) { m_reasons << sentence; }

    const Table &m_table;
    const Profile &m_profile;
    workspace::Recipe m_recipe;
    QStringList m_reasons;
    std::optional<TimeAxis> m_axis;
    const ColumnStatistics *m_target = nullptr;
    std::vector<const ColumnStatistics *> m_features;
};

QString Proposer::plainName(const QString &source) {
    QString name = QFileInfo(source).fileName();
    name.remove(QRegularExpression(QStringLiteral(R"((\.(csv|tsv|txt|gz))+$)"), QRegularExpression::CaseInsensitiveOption));
    name.replace(QRegularExpression(QStringLiteral("[^A-Za-z0-9.-]+")), QStringLiteral("-"));
    while (name.startsWith(QLatin1Char('-')) || name.startsWith(QLatin1Char('.')))
        name.remove(0, 1);
    return name.isEmpty() ? QStringLiteral("data") : name.left(100);
}

void Proposer::missing() {
    QStringList found;
    for (const QString &text : m_profile.report.missing)
        if (!standardMissing().contains(text))
            found << text;
    const bool said = !found.isEmpty();
    QStringList columns;
    for (const ColumnStatistics &s : m_profile.columns) {
        if (std::isnan(s.sentinel))
            continue;
        columns << s.name;
        if (const QString text = QString::number(s.sentinel); !found.contains(text))
            found << text;
    }
    if (found.isEmpty())
        return; // empty fields and the usual words are missing without saying so
    m_recipe.data.missing = QStringList{QStringLiteral("NA"), QStringLiteral("NaN"), QStringLiteral("null")} + found;
    why(said ? QStringLiteral("%1 means missing, as the file's header block or the options say.").arg(found.join(QStringLiteral(", ")))
             : QStringLiteral("%1 is taken as missing: in %2 it lies far from all other values.").arg(found.join(QStringLiteral(", ")), columns.join(QStringLiteral(", "))));
}

bool Proposer::partOfTime(const QString &name) const { return m_axis && (m_axis->spec.column == name || m_axis->spec.parts.contains(name)); }

bool Proposer::canPredict(const ColumnStatistics &s) const {
    if (s.type == ColumnType::Time || s.present == 0 || s.distinct < 2 || isIdentifier(s) || partOfTime(s.name))
        return false;
    return s.type == ColumnType::Number || s.distinct <= 50;
}

/// By its name; else the first measured column of a time series, the last column of anything else.
const ColumnStatistics *Proposer::findTarget() const {
    const ColumnStatistics *best = nullptr;
    int bestScore = 0;
    for (const ColumnStatistics &s : m_profile.columns) {
        if (!canPredict(s))
            continue;
        const int score = targetScore(s.name);
        if (score >= bestScore && score > 0) {
            best = &s;
            bestScore = score;
        }
    }
    if (best)
        return best;
    if (m_axis) {
        // Wall-clock parts beside a real time column are no measurements.
        static const QStringList clock{QStringLiteral("year"), QStringLiteral("month"), QStringLiteral("day"), QStringLiteral("hour"), QStringLiteral("minute")};
        for (const ColumnStatistics &s : m_profile.columns)
            if (s.type == ColumnType::Number && canPredict(s) && !clock.contains(s.name.toLower()) && 2 * s.missing < m_profile.rows)
                return &s;
    }
    for (auto it = m_profile.columns.rbegin(); it != m_profile.columns.rend(); ++it)
        if (canPredict(*it) && 2 * it->missing < m_profile.rows)
            return &*it;
    return nullptr;
}

Result<void> Proposer::target(const QString &wanted) {
    m_target = wanted.isEmpty() ? findTarget() : m_profile.find(wanted);
    if (!wanted.isEmpty() && !m_target)
        return invalid(QStringLiteral("The file has no column “%1”.").arg(wanted), m_recipe.data.source, QStringLiteral("It has: %1.").arg(m_table.names().join(QStringLiteral(", "))));
    if (!m_target || m_target->present == 0 || m_target->type == ColumnType::Time)
        return invalid(wanted.isEmpty() ? QStringLiteral("No column can be predicted: all are times, identifiers, empty or constant.")
                                        : QStringLiteral("The column “%1” cannot be predicted: it holds times or nothing.").arg(wanted),
                       m_recipe.data.source, QStringLiteral("Name one: --target COLUMN."));
    const bool forecast = m_axis && m_target->type == ColumnType::Number && !looksLikeClasses(*m_target);
    m_recipe.task = forecast ? TaskKind::Forecast : looksLikeClasses(*m_target) || m_target->type == ColumnType::Category ? TaskKind::Classification : TaskKind::Regression;
    m_recipe.target = m_target->name;
    switch (m_recipe.task) {
    case TaskKind::Forecast: why(QStringLiteral("The task is a forecast: the rows lie %1 apart in time, and the target is a number.").arg(m_axis->spec.step)); break;
    case TaskKind::Classification: why(QStringLiteral("The task is a classification: the target has %1 different values.").arg(m_target->distinct)); break;
    case TaskKind::Regression: why(QStringLiteral("The task is a regression: the target is a number with %1 different values.").arg(m_target->distinct)); break;
    }
    if (!wanted.isEmpty())
        why(QStringLiteral("The target “%1” was asked for.").arg(m_target->name));
    else if (targetScore(m_target->name) > 0)
        why(QStringLiteral("The target is “%1”: its name reads like something to predict.").arg(m_target->name));
    else
        why(m_recipe.task == TaskKind::Forecast ? QStringLiteral("The target is “%1”, the first measured column; name another with --target.").arg(m_target->name)
                                                : QStringLiteral("The target is “%1”, the last column that can be one; name another with --target.").arg(m_target->name));
    return {};
}

void Proposer::forecast() {
    m_recipe.time = m_axis->spec;
    const qint64 step = m_axis->spec.stepSeconds();
    const int day = step > 0 && step < 86'400 && 86'400 % step == 0 ? int(86'400 / step) : 0;
    m_recipe.forecast = day > 0 && day <= 288 ? workspace::ForecastSpec{day, day} : workspace::ForecastSpec{14, 7};
    why(QStringLiteral("The time axis is %1, one step %2.").arg(m_axis->spec.column.isEmpty() ? m_axis->spec.parts.join(QStringLiteral(", ")) : m_axis->spec.column, m_axis->spec.step));
    if (qint64(m_table.rows()) == m_profile.rows) { // not the beginning of a larger file
        StepCounter counter(m_axis->spec);
        for (const std::int64_t time : m_axis->times)
            counter.addStep({}, time);
        const StepCounts &counts = counter.counts();
        why(counts.gaps ? QStringLiteral("%1 of its %2 steps have no row, in %3 gaps; the longest has %4.").arg(counts.emptySteps).arg(counts.steps + counts.emptySteps).arg(counts.gaps).arg(counts.longestGap)
                        : QStringLiteral("Each of its %1 steps has a row.").arg(counts.steps));
    }
    why(day > 0 ? QStringLiteral("A window of %1 steps and a horizon of %2 are one day each.").arg(m_recipe.forecast->window).arg(m_recipe.forecast->horizon)
                : QStringLiteral("A window of %1 steps predicts the next %2.").arg(m_recipe.forecast->window).arg(m_recipe.forecast->horizon));
    if (!m_axis->where.isEmpty()) {
        m_recipe.data.where.insert(m_axis->where, m_axis->whereValue);
        why(QStringLiteral("The file holds several series by “%1”; one model learns one: %2 has the most rows.").arg(m_axis->where, m_axis->whereValue));
    }
}

QString Proposer::whyExcluded(const ColumnStatistics &s) const {
    if (s.present == 0)
        return QStringLiteral("it has no value");
    if (s.distinct < 2)
        return QStringLiteral("all its values are equal");
    if (isIdentifier(s))
        return QStringLiteral("it is an identifier");
    if (2 * s.missing > m_profile.rows)
        return QStringLiteral("more than half of its values are missing");
    if (s.type == ColumnType::Category && s.distinct > 50)
        return QStringLiteral("it has %1 different texts").arg(s.distinct);
    return {};
}

void Proposer::features() {
    for (const ColumnStatistics &s : m_profile.columns) {
        if (&s == m_target || s.type == ColumnType::Time || partOfTime(s.name))
            continue;
        if (const QString reason = whyExcluded(s); !reason.isEmpty()) {
            m_recipe.exclude << s.name;
            why(QStringLiteral("“%1” is excluded: %2.").arg(s.name, reason));
            continue;
        }
        m_features.push_back(&s);
        if (s.type == ColumnType::Category)
            m_recipe.categorical << s.name;
    }
    if (!m_recipe.categorical.isEmpty())
        why(QStringLiteral("Read as categories, because they hold texts: %1.").arg(m_recipe.categorical.join(QStringLiteral(", "))));
}

/// Where the last fifth of the series begins. The table may be the beginning of a larger file: then by the span of the time column, or by
/// the number of the rows and their step.
std::int64_t Proposer::lastFifth() const {
    if (qint64(m_table.rows()) == m_profile.rows)
        return m_axis->times[m_axis->times.size() * 4 / 5];
    const qint64 step = m_axis->spec.stepSeconds() * 1000;
    const ColumnStatistics *const time = m_profile.find(m_axis->spec.column), *const series = m_profile.find(m_axis->where);
    const qint64 steps = time ? (time->lastTime - time->firstTime) / step + 1 : series ? series->top.front().second : m_profile.rows;
    return (time ? time->firstTime : m_axis->times.front()) + steps * 4 / 5 * step;
}

void Proposer::split() {
    using Kind = workspace::SplitSpec::Kind;
    if (m_recipe.task == TaskKind::Forecast) {
        m_recipe.split.kind = Kind::After;
        m_recipe.split.after = QDateTime::fromMSecsSinceEpoch(lastFifth(), Qt::UTC).toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss"));
        why(QStringLiteral("The last fifth of the time tests: a forecast must be judged on what comes later."));
    } else if (m_recipe.task == TaskKind::Classification) {
        m_recipe.split.kind = Kind::Stratified;
        why(QStringLiteral("A stratified fifth tests, so that each class has its share on both sides."));
    } else {
        m_recipe.split.kind = Kind::Every;
        why(QStringLiteral("Every fifth row tests: spread over the whole file, also if it is ordered."));
    }
}

void Proposer::transforms() {
    if (m_recipe.task == TaskKind::Forecast) {
        m_recipe.transforms = {{QStringLiteral("standard_scale"), {}}};
        why(QStringLiteral("Values are scaled; windows with a missing value are left out, so nothing is imputed."));
        return;
    }
    QStringList gaps;
    for (const ColumnStatistics *s : m_features)
        if (s->missing > 0)
            gaps << s->name;
    if (!gaps.isEmpty()) {
        m_recipe.transforms.push_back({QStringLiteral("impute"), QStringLiteral("median")});
        why(QStringLiteral("Missing values in %1 get the training rows' median (categories: the most frequent).").arg(gaps.join(QStringLiteral(", "))));
    }
    if (!m_recipe.categorical.isEmpty()) {
        m_recipe.transforms.push_back({QStringLiteral("one_hot"), {}});
        why(QStringLiteral("Each category becomes columns of 0 and 1."));
    }
    m_recipe.transforms.push_back({QStringLiteral("standard_scale"), {}});
    why(QStringLiteral("Columns are scaled to mean 0 and deviation 1, which linear models need and trees do not mind."));
}

void Proposer::estimators() {
    const QString forest = QStringLiteral("random_forest"), tree = QStringLiteral("decision_tree");
    const workspace::EstimatorSpec depth{tree, {{QStringLiteral("max_depth"), QVariant(qlonglong(10))}}};
    switch (m_recipe.task) {
    case TaskKind::Regression: m_recipe.estimators = {{QStringLiteral("linear_regression"), {}}, depth, {forest, {}}}; break;
    case TaskKind::Classification: m_recipe.estimators = {{QStringLiteral("logistic_regression"), {}}, depth, {forest, {}}}; break;
    case TaskKind::Forecast: m_recipe.estimators = {{QStringLiteral("ridge"), {}}, {QStringLiteral("lstm"), {}}}; break;
    }
    m_recipe.selectMetric = workspace::defaultMetric(m_recipe.task);
    why(QStringLiteral("A simple and a stronger learner are tried; the best %1 on the test rows wins, and the naive baseline stands beside them.").arg(m_recipe.selectMetric));
}

void Proposer::gates() {
    if (m_recipe.task == TaskKind::Regression) {
        m_recipe.gates = {{QStringLiteral("r2"), QStringLiteral(">"), 0.0}};
        why(QStringLiteral("The gate asks for more than the mean gives; raise it to what you need."));
    } else if (m_recipe.task == TaskKind::Classification) {
        const qint64 most = m_target->type == ColumnType::Category ? m_target->top.front().second : m_target->mostCommonCount;
        const double share = std::floor(1000.0 * double(most) / double(m_target->present)) / 1000.0;
        m_recipe.gates = {{QStringLiteral("accuracy"), QStringLiteral(">"), share}};
        why(QStringLiteral("The gate asks for more than always naming the most frequent class gives (%1).").arg(share));
    }
}

Result<Proposal> Proposer::run(const QString &wanted) {
    if (m_table.rows() == 0)
        return invalid(QStringLiteral("The file has no rows, so no recipe can be proposed."), m_recipe.data.source, QStringLiteral("Give a file with data."));
    missing();
    m_axis = findTimeAxis(m_table, m_profile);
    PH_TRY(target(wanted));
    if (m_recipe.task == TaskKind::Forecast) {
        forecast();
    } else {
        features();
        if (m_features.empty())
            return invalid(QStringLiteral("No column is left to learn from: all others are times, identifiers, empty or constant."), m_recipe.data.source,
                           QStringLiteral("Give a file with more columns, or another --target."));
    }
    split();
    transforms();
    estimators();
    gates();
    return Proposal{std::move(m_recipe), std::move(m_reasons)};
}

} // namespace

Result<Proposal> proposeRecipe(const Table &table, const Profile &profile, const QString &source, const QString &target) {
    return Proposer(table, profile, source).run(target);
}

} // namespace pilothouse::data
