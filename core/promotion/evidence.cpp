// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/evidence.h"

#include "core/artifact/leakage.h"
#include "core/artifact/naive_scale.h"
#include "core/base/clock.h"
#include "core/base/count_text.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/metrics/compare.h"
#include "core/metrics/targets.h"
#include "core/promotion/evidence_gates.h"
#include "core/promotion/evidence_rows.h"
#include "core/promotion/evidence_slices.h"
#include "core/promotion/lineage.h"

#include <QElapsedTimer>

#include <algorithm>
#include <cmath>

namespace pilothouse::promotion {

namespace {

using artifact::Package;
using metrics::Scored;

/// A text file of a package; empty if there is none.
QString textIn(const QString &folder, const char *name) {
    const auto bytes = readFile(folder + QLatin1Char('/') + QLatin1String(name));
    return bytes ? QString::fromUtf8(*bytes) : QString();
}

/// The columns `wanted` of a model's outputs.
Scored selectOutputs(const Scored &from, const std::vector<QString> &names, const std::vector<QString> &wanted) {
    if (names == wanted)
        return from;
    Scored out;
    out.count = from.count;
    out.outputs = wanted.size();
    for (std::size_t i = 0; i < from.count; ++i)
        for (const QString &name : wanted) {
            const std::size_t at = i * from.outputs + std::size_t(std::find(names.begin(), names.end(), name) - names.begin());
            out.truth.push_back(from.truth[at]);
            out.predicted.push_back(from.predicted[at]);
        }
    return out;
}

/// Class indices and probabilities of `own` turned into those of `all`, which holds every class of `own`.
Scored recodeClasses(Scored from, const std::vector<std::string> &own, const std::vector<std::string> &all) {
    if (own == all)
        return from;
    std::vector<std::size_t> to;
    for (const std::string &name : own)
        to.push_back(std::size_t(std::find(all.begin(), all.end(), name) - all.begin()));
    for (auto *values : {&from.truth, &from.predicted})
        for (double &v : *values)
            v = double(to[std::size_t(v)]);
    if (!from.probabilities.empty()) {
        std::vector<double> wide(from.count * all.size(), 0);
        for (std::size_t i = 0; i < from.count; ++i)
            for (std::size_t k = 0; k < own.size(); ++k)
                wide[i * all.size() + to[k]] = from.probabilities[i * own.size() + k];
        from.probabilities = std::move(wide);
    }
    from.classes = all.size();
    return from;
}

/// Both models' answers on the same rows, in one coding.
struct Pair {
    Scored champion, candidate;
    Scored own;                 ///< all that the candidate answers, also what the champion does not
    artifact::Signature common; ///< the candidate's, with the outputs that both have
    std::vector<std::string> classes;
};

/// What mase of the targets that are compared is measured in: of both models by the candidate's training rows.
std::vector<double> scalesOf(const Package &candidate, const artifact::Signature &compared) {
    const std::vector<double> all = artifact::naiveScales(candidate);
    const QStringList own = candidate.signature.targets();
    std::vector<double> out;
    if (!all.empty())
        for (const QString &target : compared.targets())
            out.push_back(all[std::size_t(own.indexOf(target))]);
    return out;
}

Result<Pair> scoreBoth(const Package &candidate, const Package &champion, const ComparedRows &rows, const artifact::ScorerLoader &load, Evidence &sheet) {
    PH_ASSIGN(const artifact::ScorerPtr mine, load(candidate.folder));
    PH_ASSIGN(Scored ours, artifact::scoreRows(*mine, rows.candidate));
    Pair out;
    out.own = ours;
    out.candidate = std::move(ours);
    out.common = candidate.signature;
    out.classes = candidate.signature.classes;
    const auto theirs = [&]() -> Result<Scored> {
        PH_ASSIGN(const artifact::ScorerPtr scorer, load(champion.folder));
        return artifact::scoreRows(*scorer, rows.champion);
    }();
    if (!theirs) {
        sheet.problem = QStringLiteral("The champion could not be scored: ") + theirs.error().what;
        return out;
    }
    const auto &a = champion.signature, &b = candidate.signature;
    std::vector<QString> common;
    std::copy_if(b.outputs.begin(), b.outputs.end(), std::back_inserter(common),
                 [&](const QString &name) { return std::find(a.outputs.begin(), a.outputs.end(), name) != a.outputs.end(); });
    if (common.empty() || a.classes.empty() != b.classes.empty()) {
        sheet.problem = QStringLiteral("The champion predicts %1, the candidate %2: they cannot be compared.").arg(a.targets().join(QStringLiteral(", ")), b.targets().join(QStringLiteral(", ")));
        return out;
    }
    out.common.outputs = common;
    if (out.classes.empty()) {
        out.champion = selectOutputs(*theirs, a.outputs, common);
        out.candidate = selectOutputs(out.candidate, b.outputs, common);
        return out;
    }
    for (const std::string &name : a.classes)
        if (std::find(out.classes.begin(), out.classes.end(), name) == out.classes.end())
            out.classes.push_back(name);
    out.champion = recodeClasses(*theirs, a.classes, out.classes);
    out.candidate = recodeClasses(std::move(out.candidate), b.classes, out.classes);
    out.own = out.candidate;
    return out;
}

QStringList metricsShown(const Scored &scored, const QString &selected, const std::vector<workspace::GateSpec> &gates) {
    const QStringList known = metrics::metricNames(scored);
    QStringList shown{selected};
    const QStringList usual = scored.classes ? QStringList{QStringLiteral("accuracy"), QStringLiteral("balanced_accuracy"), QStringLiteral("f1_macro"), QStringLiteral("log_loss"), QStringLiteral("roc_auc")}
                                             : QStringList{QStringLiteral("mae"), QStringLiteral("rmse"), QStringLiteral("r2"), QStringLiteral("median_ae"), QStringLiteral("max_error")};
    shown += usual;
    for (const auto &gate : gates)
        shown += gate.metric;
    QStringList out;
    for (const QString &name : std::as_const(shown))
        if (known.contains(name) && !out.contains(name))
            out += name;
    return out;
}

/// Of one of several targets: what selects, errors in its unit, and what the gates ask of it.
QStringList metricsOfTarget(const QString &target, const Scored &scored, const QString &selected, const std::vector<workspace::GateSpec> &gates) {
    QStringList shown{selected, QStringLiteral("mae"), QStringLiteral("rmse"), QStringLiteral("r2")};
    for (const auto &gate : gates)
        if (const auto [metric, of] = workspace::metricAndTarget(gate.metric); of == target)
            shown += metric;
    const QStringList known = metrics::metricNames(scored);
    shown.removeIf([&](const QString &metric) { return !known.contains(metric); });
    shown.removeDuplicates();
    return shown;
}

/// The unit of a metric is the target's where it is an error in it; scores have none.
QString unitOf(const QString &metric, const QString &unit) {
    static const QStringList inTarget{QStringLiteral("mae"), QStringLiteral("rmse"), QStringLiteral("median_ae"), QStringLiteral("max_error")};
    return inTarget.contains(metric) || metric.startsWith(QStringLiteral("pinball_")) ? unit : QString();
}

/// Densities of predicted − true of both on 40 shared bins over the middle 99 % of all errors.
void residuals(Evidence &sheet, const Scored &champion, const Scored &candidate) {
    const auto errors = [](const Scored &s) {
        std::vector<double> out(s.truth.size());
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = s.predicted[i] - s.truth[i];
        return out;
    };
    const std::vector<double> a = errors(champion), b = errors(candidate);
    std::vector<double> all = a;
    all.insert(all.end(), b.begin(), b.end());
    std::sort(all.begin(), all.end());
    const auto at = [&](double q) { return all[std::size_t(q * double(all.size() - 1))]; };
    double low = at(0.005), high = at(0.995);
    if (!(high > low)) { // one and the same error everywhere
        low -= 0.5;
        high += 0.5;
    }
    constexpr int bins = 40;
    const double width = (high - low) / bins;
    for (int i = 0; i <= bins; ++i)
        sheet.residualEdges.push_back(low + width * i);
    const auto density = [&](const std::vector<double> &values) {
        std::vector<double> out(bins, 0);
        for (const double v : values)
            if (v >= low && v <= high)
                out[std::size_t(std::min(bins - 1.0, (v - low) / width))] += 1 / (width * double(values.size()));
        return out;
    };
    sheet.championResiduals = density(a);
    sheet.candidateResiduals = density(b);
}

/// Rounds fewer than asked for, where rows × rounds would take minutes; never below 200.
int affordableRounds(int wanted, std::size_t rows) { return std::clamp(int(200e6 / double(std::max<std::size_t>(rows, 1))), std::min(wanted, 200), wanted); }

MetricComparison comparisonOf(const metrics::PairedInterval &i, const QString &unit) {
    MetricComparison m;
    m.metric = i.metric;
    m.unit = unitOf(i.metric, unit);
    m.champion = i.a;
    m.candidate = i.b;
    m.change = i.change;
    m.low = i.low;
    m.high = i.high;
    m.largerIsBetter = workspace::largerIsBetter(i.metric);
    m.verdict = metrics::verdictOf(i, m.largerIsBetter);
    m.ofChampion = i.ofA;
    m.ofCandidate = i.ofB;
    return m;
}

/// Of several targets each by itself, as "mae@t2m".
Result<void> compareTargets(Evidence &sheet, const Pair &pair, const std::vector<workspace::GateSpec> &gates, const metrics::Resampling &how) {
    const QStringList targets = pair.common.targets();
    for (std::size_t t = 0; pair.candidate.targets() > 1 && t < pair.candidate.targets(); ++t) {
        const QString &target = targets[qsizetype(t)];
        const Scored champion = metrics::ofTarget(pair.champion, t), candidate = metrics::ofTarget(pair.candidate, t);
        PH_ASSIGN(const auto intervals, metrics::pairedBootstrap(metricsOfTarget(target, candidate, sheet.selectMetric, gates), champion, candidate, how));
        for (const auto &i : intervals) {
            sheet.metrics.push_back(comparisonOf(i, QString()));
            sheet.metrics.back().metric = workspace::metricOfTarget(i.metric, target);
        }
    }
    return {};
}

Result<void> compareScores(Evidence &sheet, const Pair &pair, const std::vector<workspace::GateSpec> &gates, const EvidenceInput &input) {
    const std::size_t horizon = pair.common.horizon();
    const auto how = metrics::resamplingFor(pair.candidate.count, horizon, affordableRounds(input.bootstrapRounds, pair.candidate.count), input.seed);
    PH_ASSIGN(const auto intervals, metrics::pairedBootstrap(metricsShown(pair.candidate, sheet.selectMetric, gates), pair.champion, pair.candidate, how));
    PH_ASSIGN(const metrics::PairedTest test, metrics::pairedTestFor(sheet.selectMetric, pair.champion, pair.candidate, horizon, input.seed));
    sheet.bootstrap = how.text();
    for (const auto &i : intervals) {
        sheet.metrics.push_back(comparisonOf(i, pair.common.unit));
        if (i.metric == sheet.selectMetric)
            sheet.disagreement = metrics::disagreement(i, sheet.metrics.back().largerIsBetter, test);
    }
    PH_TRY(compareTargets(sheet, pair, gates, how));
    sheet.pairedP = test.p;
    sheet.pairedTest = QStringLiteral("%1, on %2").arg(test.name, test.loss);
    if (!pair.candidate.isClassification()) {
        if (pair.candidate.targets() == 1) // errors of several have no axis in common
            residuals(sheet, pair.champion, pair.candidate);
        return {};
    }
    for (const std::string &name : pair.classes)
        sheet.classes.push_back(QString::fromStdString(name));
    sheet.championConfusion = metrics::confusion(pair.champion);
    sheet.candidateConfusion = metrics::confusion(pair.candidate);
    if (pair.classes.size() == 2) {
        sheet.championCalibration = metrics::calibrationCurve(pair.champion, 1, metrics::CalibrationBins::Quantile);
        sheet.candidateCalibration = metrics::calibrationCurve(pair.candidate, 1, metrics::CalibrationBins::Quantile);
    }
    return {};
}

Result<void> comparedInSlices(Evidence &sheet, const Pair &pair, const std::vector<metrics::Slicing> &slicings, const EvidenceInput &input, std::size_t horizon) {
    if (slicings.empty() || !metrics::metricNames(pair.candidate).contains(sheet.selectMetric))
        return {};
    // Each slicing goes over all rows of both once a round.
    const auto how = metrics::resamplingFor(sheet.rows, horizon, metrics::sliceRounds(sheet.rows, 2 * slicings.size(), input.bootstrapRounds), input.seed);
    PH_ASSIGN(sheet.slices, metrics::compareSlices(slicings, sheet.selectMetric, pair.champion, pair.candidate, how));
    return {};
}

/// A package that was opened is whole, but it may have been changed and sealed again after it was registered.
std::optional<GateResult> sealedAnew(const EvidenceInput &input, const Package &candidate, const std::optional<Package> &champion) {
    GateResult gate{QStringLiteral("The packages are those that were registered"), QStringLiteral("registry digests"), {}, GateState::Pass};
    if (candidate.digest != input.candidate.digest) {
        gate.state = GateState::Block;
        gate.value = QStringLiteral("v%1 was changed and sealed anew").arg(input.candidate.version);
        return gate;
    }
    if (champion && champion->digest != input.champion->digest) { // what it answers is measured here all the same
        gate.state = GateState::Warn;
        gate.value = QStringLiteral("v%1 was changed and sealed anew").arg(input.champion->version);
        return gate;
    }
    return {};
}

std::optional<drift::Profile> profileIn(const QString &folder) {
    const QString path = folder + QStringLiteral("/profile.json");
    const auto bytes = readFile(path);
    const auto object = bytes ? parseJsonObject(*bytes, path) : Result<QJsonObject>(bytes.error());
    auto profile = object ? drift::Profile::fromJson(*object, path) : Result<drift::Profile>(object.error());
    return profile ? std::optional<drift::Profile>(std::move(*profile)) : std::nullopt;
}

QString sentenceOf(const Evidence &e) {
    const QString candidate = QStringLiteral("v%1").arg(e.candidateVersion), other = opponentName(e);
    if (!e.problem.isEmpty())
        return QStringLiteral("%1 was not compared with %2: %3").arg(candidate, other, e.problem);
    const MetricComparison *m = e.selected();
    if (!m)
        return QStringLiteral("%1 was not scored: no row is left.").arg(candidate);
    const QString how = m->verdict == QLatin1String("not distinguishable") ? QStringLiteral("cannot be told apart from") : QStringLiteral("is %1 than").arg(m->verdict);
    QString sentence = QStringLiteral("%1 %2 %3: %4 %5 on %6.").arg(candidate, how, other, m->metric, changeText(*m), rowsText(e.rows));
    QStringList targets;
    for (const auto &[target, one] : e.selectedByTarget())
        targets << target + QLatin1Char(' ') + one->verdict;
    if (!targets.isEmpty())
        sentence += QStringLiteral(" By target: %1.").arg(targets.join(QStringLiteral(", ")));
    return e.disagreement.isEmpty() ? sentence : sentence + QLatin1Char(' ') + e.disagreement;
}

/// A gate for each input of the candidate that gives the target away on these rows; none is the usual case and has no line.
std::vector<GateResult> leakGates(const artifact::LabelledRows &rows, const artifact::Signature &signature) {
    std::vector<GateResult> gates;
    for (const artifact::Leak &leak : artifact::leaksOf(rows, signature))
        gates.push_back({QStringLiteral("No input gives the target away"), QStringLiteral("same ") + rowsText(rows.inputs.count), QStringLiteral("%1: %2").arg(leak.input, leak.how), GateState::Warn});
    return gates;
}

/// What is not known of a candidate that was imported: on which rows it was trained, and perhaps whether it predicts here as there.
std::vector<GateResult> importGates(const Package &candidate) {
    const QJsonObject imported = candidate.data.value(QLatin1String("imported")).toObject();
    if (imported.isEmpty())
        return {};
    const QString source = QStringLiteral("import of %1").arg(imported.value(QLatin1String("made_by")).toString());
    const bool verified = imported.value(QLatin1String("verified")).toBool();
    return {{QStringLiteral("No scored row is from its own training"), source, QStringLiteral("not known: it was not trained here, its figures may be too good"), GateState::Warn},
            {QStringLiteral("Predicts here as where it was made"), source,
             verified ? QStringLiteral("%1 rows agree").arg(imported.value(QLatin1String("compared")).toInteger()) : QStringLiteral("unverified: nothing was compared"), verified ? GateState::Pass : GateState::Warn}};
}

/// Where champion and candidate do not forecast the same: what was compared, and what nobody compared.
std::optional<GateResult> sameTargetsGate(const artifact::Signature &candidate, const artifact::Signature &champion, const artifact::Signature &compared) {
    const QStringList both = compared.targets();
    QStringList parts;
    const auto tell = [&](const artifact::Signature &has, const QString &other) {
        QStringList alone = has.targets();
        alone.removeIf([&](const QString &target) { return both.contains(target); });
        if (!alone.isEmpty())
            parts << QStringLiteral("%1 does not forecast %2").arg(other, alone.join(QStringLiteral(", ")));
    };
    tell(candidate, QStringLiteral("the champion"));
    tell(champion, QStringLiteral("the candidate"));
    if (parts.isEmpty())
        return {};
    return GateResult{QStringLiteral("Both models forecast the same"), QStringLiteral("signatures"), QStringLiteral("compared on %1 alone: %2").arg(both.join(QStringLiteral(", ")), parts.join(QStringLiteral("; "))), GateState::Warn};
}

/// Rows, scores and comparison; the candidate's own metrics on these rows come back for the recipe's gates. `warnings`: of the rows themselves.
Result<metrics::Values> scoreAndCompare(Evidence &sheet, const Package &candidate, const std::optional<Package> &champion, const workspace::Recipe &recipe,
                                        const EvidenceInput &input, std::vector<GateResult> &warnings) {
    const bool asked = !sheet.championAskedAt.isEmpty(); // of such a champion nothing is known but its answers
    PH_ASSIGN(ComparedRows rows, comparedRows(candidate, asked ? std::nullopt : champion));
    if (asked) {
        rows.champion = rows.candidate;
        rows.championHasRowHashes = false;
        warnings.push_back({QStringLiteral("The champion was scored here"), QStringLiteral("its endpoint"), QStringLiteral("it answered at %1: its package is none that can be scored here").arg(sheet.championAskedAt), GateState::Warn});
    }
    for (GateResult &gate : importGates(candidate))
        warnings.push_back(std::move(gate));
    for (GateResult &leak : leakGates(rows.candidate, candidate.signature))
        warnings.push_back(std::move(leak));
    sheet.rowsFrom = rows.rowsFrom;
    sheet.excludedRows = rows.excluded;
    sheet.notForChampion = rows.notForChampion;
    sheet.championHasRowHashes = rows.championHasRowHashes;
    if (!rows.incomparable.isEmpty())
        sheet.problem = QStringLiteral("The champion cannot take these rows: ") + rows.incomparable;
    if (rows.candidate.inputs.count == 0) {
        if (sheet.problem.isEmpty())
            sheet.problem = rows.excluded ? QStringLiteral("All %1 test rows were in the champion's training data; none is left to compare on.").arg(rows.excluded)
                                          : QStringLiteral("No test row is left that both models can take.");
        return metrics::Values();
    }
    Pair pair;
    if (champion && sheet.problem.isEmpty()) {
        PH_ASSIGN(pair, scoreBoth(candidate, *champion, rows, input.loadScorer, sheet));
    } else {
        PH_ASSIGN(const artifact::ScorerPtr scorer, input.loadScorer(candidate.folder));
        PH_ASSIGN(pair.candidate, artifact::scoreRows(*scorer, rows.candidate));
        pair.own = pair.candidate;
        pair.common = candidate.signature;
        pair.classes = candidate.signature.classes;
        if (!champion) {
            PH_ASSIGN(NaiveAnswer naive, naiveAnswer(candidate, rows));
            sheet.baseline = naive.name;
            pair.champion = std::move(naive.scored);
        }
    }
    pair.own.naiveScales = artifact::naiveScales(candidate);
    pair.candidate.naiveScales = pair.champion.naiveScales = scalesOf(candidate, pair.common); // one scale for both
    sheet.rows = pair.candidate.count;
    if (sheet.problem.isEmpty()) {
        PH_TRY(compareScores(sheet, pair, recipe.gates, input));
        PH_TRY(comparedInSlices(sheet, pair, slicingsFor(candidate.signature, rows, recipe), input, pair.common.horizon()));
        if (champion)
            if (auto gate = sameTargetsGate(candidate.signature, champion->signature, pair.common))
                warnings.push_back(std::move(*gate));
    }
    PH_ASSIGN(metrics::Values own, metrics::allMetrics(pair.own));
    PH_ASSIGN(const auto byTarget, metrics::allMetricsByTarget(pair.own, candidate.signature.targets()));
    return metrics::withTargets(std::move(own), byTarget);
}

} // namespace

Result<Evidence> computeEvidence(const EvidenceInput &input) {
    QElapsedTimer timer;
    timer.start();
    if (!input.loadScorer)
        return Error{ErrorKind::Internal, QStringLiteral("Evidence needs a way to load scorers."), {}, {}, {}};
    PH_ASSIGN(const Package candidate, artifact::openPackage(input.candidate.source));
    const QString recipeFile = candidate.folder + QStringLiteral("/recipe.yaml");
    PH_ASSIGN(const QByteArray yaml, readFile(recipeFile));
    PH_ASSIGN(const workspace::Recipe recipe, workspace::parseRecipe(yaml, recipeFile));

    Evidence sheet;
    sheet.model = input.candidate.model;
    sheet.alias = input.alias;
    sheet.candidateVersion = input.candidate.version;
    sheet.candidateDigest = candidate.digest;
    sheet.selectMetric = recipe.selectMetric.isEmpty() ? workspace::defaultMetric(recipe.task, std::size_t(recipe.targets().size())) : recipe.selectMetric;
    std::optional<Package> champion;
    if (input.champion) {
        sheet.championVersion = input.champion->version;
        sheet.championDigest = input.champion->digest;
        auto opened = artifact::openPackage(input.champion->source);
        if (opened)
            champion = std::move(*opened);
        else if (input.askChampion && input.champion->digest.isEmpty()) { // none of ours; a damaged one of ours is not asked, it is told
            champion = Package();
            champion->signature = candidate.signature;
            sheet.championAskedAt = input.championEndpoint;
        } else
            sheet.problem = QStringLiteral("The champion's package cannot be opened: ") + opened.error().text();
    }
    EvidenceInput how = input;
    if (!sheet.championAskedAt.isEmpty()) // it has no folder
        how.loadScorer = [&](const QString &folder) { return folder.isEmpty() ? input.askChampion(candidate.signature) : input.loadScorer(folder); };
    metrics::Values own;
    std::vector<GateResult> warnings;
    if (sheet.problem.isEmpty()) {
        PH_ASSIGN(own, scoreAndCompare(sheet, candidate, champion, recipe, how, warnings));
    }
    if (!sheet.championAskedAt.isEmpty())
        champion.reset();
    if (champion)
        sheet.cardDiff = cardDiff(textIn(champion->folder, "MODEL_CARD.md"), textIn(candidate.folder, "MODEL_CARD.md"));
    if (champion)
        if (const auto before = profileIn(champion->folder), now = profileIn(candidate.folder); before && now) {
            sheet.trainingDrift = drift::compare(*before, *now);
            sheet.trainingDrift.referenceName = QStringLiteral("training data of v%1").arg(*sheet.championVersion);
            sheet.trainingDrift.currentName = QStringLiteral("training data of v%1").arg(sheet.candidateVersion);
        }
    sheet.gates = judge(sheet, recipe.gates, own, input);
    sheet.gates.insert(sheet.gates.end(), warnings.begin(), warnings.end());
    if (auto sealed = sealedAnew(input, candidate, champion))
        sheet.gates.insert(sheet.gates.begin(), std::move(*sealed));
    sheet.lineage = lineageOf(candidate, input.candidate, input.run, input.codeFolder, input.requester);
    sheet.sentence = sentenceOf(sheet);
    sheet.computed = SystemClock().nowUtc();
    sheet.seconds = double(timer.elapsed()) / 1000;
    return sheet;
}

bool Evidence::blocked() const {
    return gates.empty() || std::any_of(gates.begin(), gates.end(), [](const GateResult &g) { return g.state == GateState::Block || g.state == GateState::Unknown; });
}

const MetricComparison *Evidence::selected() const {
    const auto found = std::find_if(metrics.begin(), metrics.end(), [this](const auto &m) { return m.metric == selectMetric; });
    return found == metrics.end() ? nullptr : &*found;
}

std::vector<std::pair<QString, const MetricComparison *>> Evidence::selectedByTarget() const {
    std::vector<std::pair<QString, const MetricComparison *>> found;
    for (const MetricComparison &m : metrics)
        if (const auto [metric, target] = workspace::metricAndTarget(m.metric); metric == selectMetric && !target.isEmpty())
            found.emplace_back(target, &m);
    return found;
}

} // namespace pilothouse::promotion
