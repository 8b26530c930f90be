// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/skew.h"

#include "core/base/clock.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Skew)
};

QString numberText(std::optional<int> v) { return v ? QStringLiteral("v%1").arg(*v) : Text::tr("none"); }

/// "4", "v4", "4.0"? no: a whole number with or without a v.
std::optional<int> plainNumber(const QString &text) {
    static const QRegularExpression pattern(QStringLiteral("\\A[vV]?([1-9][0-9]{0,8})\\z"));
    const auto match = pattern.match(text.trimmed());
    return match.hasMatch() ? std::optional(match.captured(1).toInt()) : std::nullopt;
}

QString withoutEnd(QString text) {
    while (text.endsWith(QLatin1Char('/')))
        text.chop(1);
    return text;
}

/// The run in "runs:/RUN/model", "s3://bucket/experiments/1/RUN/artifacts/model".
QString runIn(const QString &uri) {
    static const QRegularExpression run(QStringLiteral("(?:\\Aruns:/|/)([0-9a-f]{32})(?:/|\\z)"));
    return run.match(uri).captured(1);
}

/// "models:/NAME/4" or "models:/NAME@alias" or "models:/NAME/Production".
struct ModelUri {
    QString name, version, alias;
};
std::optional<ModelUri> modelUri(const QString &uri) {
    static const QRegularExpression byVersion(QStringLiteral("\\Amodels:/{1,3}([^/@]+)/([^/@]+)\\z")), byAlias(QStringLiteral("\\Amodels:/{1,3}([^/@]+)@([^/@]+)\\z"));
    if (const auto m = byVersion.match(uri); m.hasMatch())
        return ModelUri{m.captured(1), m.captured(2), {}};
    if (const auto m = byAlias.match(uri); m.hasMatch())
        return ModelUri{m.captured(1), {}, m.captured(2)};
    return {};
}

bool namesAlias(const QString &text, const WantedVersion &wanted) {
    return !text.isEmpty() && (text.compare(wanted.alias, Qt::CaseInsensitive) == 0 || (!wanted.stage.isEmpty() && wanted.stage != Q("None") && text.compare(wanted.stage, Qt::CaseInsensitive) == 0));
}

/// A file of its own instead of the registry, by its own words.
bool bakedIn(const QString &source) {
    const QString s = source.toLower();
    if (s.contains(Q("registry")) || s.contains(Q("mlflow")))
        return false;
    static const QStringList words{QStringLiteral("baked"), QStringLiteral("file"), QStringLiteral("image"), QStringLiteral("fallback"), QStringLiteral("disk"), QStringLiteral("local"), QStringLiteral("bundled"), QStringLiteral("embedded"),
                                   QStringLiteral(".pkl"), QStringLiteral(".joblib"), QStringLiteral("models/production")};
    return std::any_of(words.begin(), words.end(), [&](const QString &word) { return s.contains(word); });
}

std::optional<int> versionOfUri(const QString &uri, const SkewInput &in, bool *byName) {
    if (uri.isEmpty())
        return {};
    if (const auto named = modelUri(uri)) {
        if (named->name != in.wanted.model)
            return {};
        if (const auto number = plainNumber(named->version))
            return number;
        if (byName)
            *byName = namesAlias(named->alias.isEmpty() ? named->version : named->alias, in.wanted);
        return {};
    }
    const QString wanted = withoutEnd(uri), run = runIn(uri);
    for (const registry::Version &v : in.versions) {
        const QString source = withoutEnd(v.source);
        if (!source.isEmpty() && (wanted == source || wanted.startsWith(source + QLatin1Char('/')) || source.startsWith(wanted + QLatin1Char('/'))))
            return v.version;
    }
    for (const registry::Version &v : in.versions) // newest first: one run may have made several
        if (!run.isEmpty() && v.runId == run)
            return v.version;
    return {};
}

/// What is to be said of one report.
struct Finding {
    SkewState state = SkewState::Unknown;
    SkewCause cause = SkewCause::None;
    QString served, why;
};

Finding agrees(const QString &served) { return {SkewState::Agrees, SkewCause::None, served, {}}; }
Finding skewed(SkewCause cause, const QString &served, const QString &why) { return {SkewState::Skewed, cause, served, why}; }
Finding unknown(const QString &why) { return {SkewState::Unknown, SkewCause::None, {}, why}; }

QString timeText(const QDateTime &time) { return time.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm")) + QStringLiteral(" UTC"); }

QString startedWhy(const ServedReport &r, const WantedVersion &w) {
    return Text::tr("%1 loaded its model at %2, before the alias moved at %3.").arg(r.from, timeText(r.started), timeText(w.changed));
}

QStringList wantedDigests(const WantedVersion &w) { return w.imageDigest.isEmpty() ? w.imageDigests : QStringList{w.imageDigest} + w.imageDigests; }

QString imageWhy(const ServedReport &r, const WantedVersion &w) {
    if (r.pod && !r.image.isEmpty() && r.image == w.image)
        return Text::tr("%1 runs %2, and that tag names other bytes in the registry now (%3) than when it was pulled.").arg(r.from, r.imageDigest.left(19), wantedDigests(w).value(0).left(19));
    const QString since = r.pod && r.started.isValid() ? Text::tr(" It runs since %1.").arg(timeText(r.started)) : QString();
    return Text::tr("%1 runs the image %2, for %3 the image %4 was built.").arg(r.from, r.imageDigest.left(19), numberText(w.version), wantedDigests(w).value(0).left(19)) + since;
}

/// A pod that says nothing of its model: by its image, and by whether it can have seen the alias move.
Finding judgePod(const ServedReport &r, const SkewInput &in, bool before) {
    const WantedVersion &w = in.wanted;
    const QStringList wanted = wantedDigests(w);
    const bool told = !r.imageDigest.isEmpty() && !wanted.isEmpty();
    if (told && !w.imageShared)
        return agrees(numberText(w.version)); // another one was found out before
    const bool rolledOut = in.rollout && in.rollout->stable && in.rollout->stable->version == w.version;
    if (!told && !w.imageShared && rolledOut)
        return agrees(numberText(w.version));
    if (before)
        return skewed(SkewCause::StartedBefore, {}, Text::tr("%1 runs since %2, and the alias moved at %3: it has the model that it loaded at its start.").arg(r.from, timeText(r.started), timeText(w.changed)));
    if (told && r.started.isValid() && w.changed.isValid())
        return agrees(numberText(w.version));
    return unknown(Text::tr("%1 runs an image that does not tell which version it serves.").arg(r.from));
}

Finding judge(const ServedReport &r, const SkewInput &in) {
    const WantedVersion &w = in.wanted;
    if (!r.problem.isEmpty())
        return unknown(r.problem);
    const bool before = r.started.isValid() && w.changed.isValid() && r.started < w.changed;
    bool byName = false;
    const std::optional<int> version = versionOf(r, in, &byName);
    const QString served = version ? numberText(version) : !r.version.isEmpty() ? QStringLiteral("“%1”").arg(r.version) : QString();
    if (!r.weightsSha256.isEmpty() && !w.weightsSha256.isEmpty()) { // what it computes with, whatever it calls it
        if (r.weightsSha256.compare(w.weightsSha256, Qt::CaseInsensitive) == 0)
            return agrees(numberText(w.version));
        if (bakedIn(r.source))
            return skewed(SkewCause::BakedIn, served, Text::tr("%1 says “%2”: it serves the file in its image, and its checksum is not that of %3.").arg(r.from, r.source, numberText(w.version)));
        if (before)
            return skewed(SkewCause::StartedBefore, served, startedWhy(r, w));
        return skewed(SkewCause::OtherWeights, served,
                      Text::tr("The weights that %1 has loaded have the checksum %2…, those of %3 have %4….").arg(r.from, r.weightsSha256.left(12), numberText(w.version), w.weightsSha256.left(12)));
    }
    if (!r.digest.isEmpty() && !w.digest.isEmpty() && r.digest == w.digest)
        return agrees(numberText(w.version));
    if (!r.storageUri.isEmpty()) {
        bool uriByName = false;
        const auto named = versionOfUri(r.storageUri, in, &uriByName);
        if (named && named != w.version)
            return skewed(SkewCause::OtherRun, numberText(named), Text::tr("Its storageUri is %1: that is %2.").arg(r.storageUri, numberText(named)));
        if (!named && !uriByName && (!runIn(r.storageUri).isEmpty() || modelUri(r.storageUri)))
            return skewed(SkewCause::OtherRun, Text::tr("another run"), Text::tr("Its storageUri is %1: no version of %2 comes from there.").arg(r.storageUri, w.model));
    }
    if (bakedIn(r.source) && version != w.version)
        return skewed(SkewCause::BakedIn, served.isEmpty() ? Text::tr("a file") : served, Text::tr("%1 says “%2”: it serves the file in its image, because it could not read the registry.").arg(r.from, r.source));
    if (const QStringList digests = wantedDigests(w); !r.imageDigest.isEmpty() && !digests.isEmpty() && !digests.contains(r.imageDigest))
        return skewed(SkewCause::OtherImage, served, imageWhy(r, w));
    if (version == w.version)
        return agrees(numberText(version));
    if (version) {
        if (before)
            return skewed(SkewCause::StartedBefore, served, startedWhy(r, w));
        return skewed(SkewCause::OtherVersion, served, r.started.isValid() && w.changed.isValid()
                                                           ? Text::tr("%1 loaded it at %2, after the alias moved: it is told this version in another place.").arg(r.from, timeText(r.started))
                                                           : Text::tr("%1 says so itself; when it loaded it, it does not say.").arg(r.from));
    }
    if (byName) {
        if (before)
            return skewed(SkewCause::StartedBefore, served, startedWhy(r, w));
        if (r.started.isValid() && w.changed.isValid())
            return agrees(numberText(w.version));
        return unknown(Text::tr("%1 says %2, which is a name and no version, and not when it loaded it.").arg(r.from, served.isEmpty() ? r.storageUri : served));
    }
    if (r.pod)
        return judgePod(r, in, before);
    if (!r.imageDigest.isEmpty() && wantedDigests(w).contains(r.imageDigest))
        return agrees(numberText(w.version));
    return unknown(served.isEmpty() ? Text::tr("%1 does not say what it serves.").arg(r.from) : Text::tr("%1 says %2, which no version of %3 is called.").arg(r.from, served, w.model));
}

/// Remedy in words and as a command.
void setRemedy(Skew &skew, const SkewInput &in, const ServedReport *bad = nullptr) {
    const bool pod = bad && bad->pod;
    const QString version = numberText(in.wanted.version);
    switch (skew.cause) {
    case SkewCause::NotRolledOut:
        skew.remedy = Text::tr("Roll %1 out, or undo the promotion.").arg(version);
        skew.command = QStringLiteral("pilot rollouts start %1").arg(in.model);
        return;
    case SkewCause::BakedIn:
        skew.remedy = Text::tr("Let the service reach the registry (address, login, network) and restart it; or build an image with %1.").arg(version);
        return;
    case SkewCause::StartedBefore:
        skew.remedy = Text::tr("Restart it: it loads the model at its start.");
        if (pod)
            skew.command = QStringLiteral("pilot rollouts restart %1").arg(in.model);
        return;
    case SkewCause::OtherRun:
        skew.remedy = Text::tr("Set its storageUri to the artifact of %1%2.").arg(version, in.wanted.source.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(in.wanted.source));
        return;
    case SkewCause::OtherWeights:
        skew.remedy = Text::tr("Write the weights of %1 to its volume anew (beside, then rename) and restart it.").arg(version);
        skew.command = QStringLiteral("pilot registry export %1@%2 DIR").arg(in.model).arg(in.wanted.version.value_or(0));
        return;
    case SkewCause::OtherImage:
        if (pod && !bad->image.isEmpty() && bad->image == in.wanted.image) {
            skew.remedy = Text::tr("Pull the image anew (imagePullPolicy: Always, then a restart); better, name it by its digest.");
            skew.command = QStringLiteral("pilot rollouts restart %1").arg(in.model);
            return;
        }
        skew.remedy = Text::tr("Deploy the image that was built for %1.").arg(version);
        if (pod)
            skew.command = QStringLiteral("pilot rollouts start %1").arg(in.model);
        return;
    case SkewCause::ReplicasDisagree:
        skew.remedy = Text::tr("Restart the replicas that are behind, one after the other; if they come up the same, look at their configuration.");
        return;
    case SkewCause::OtherVersion:
        skew.remedy = Text::tr("Look where the service is told its version (environment, configuration), and deploy %1; or promote what it serves.").arg(version);
        return;
    case SkewCause::None: return;
    }
}

/// What the findings of all reports make of the model. Pods and what the endpoint says are two looks at the same: pods explain it, and are compared with pods.
void judgeTogether(const SkewInput &in, std::vector<Finding> findings, Skew &out) {
    const auto find = [&](SkewState state, std::optional<bool> pod = {}) {
        for (std::size_t i = 0; i < findings.size(); ++i)
            if (findings[i].state == state && (!pod || in.reports[i].pod == *pod))
                return i;
        return findings.size();
    };
    const std::size_t none = findings.size();
    if (find(SkewState::Agrees, false) != none) // it loads the model without a restart, then
        for (std::size_t i = 0; i < findings.size(); ++i)
            if (in.reports[i].pod && findings[i].cause == SkewCause::StartedBefore)
                findings[i] = unknown(findings[i].why);
    QStringList served;
    for (const Finding &finding : findings)
        if (!finding.served.isEmpty())
            served << finding.served;
    served.removeDuplicates();
    out.served = served.join(QStringLiteral(", "));
    const std::size_t podBad = find(SkewState::Skewed, true), bad = podBad != none ? podBad : find(SkewState::Skewed);
    if (bad == none) {
        // One that does not answer beside others that agree is a fault of its own, no skew.
        const bool good = find(SkewState::Agrees) != none;
        out.state = good ? SkewState::Agrees : SkewState::Unknown;
        out.why = good ? QString() : findings[find(SkewState::Unknown)].why;
        return;
    }
    out.state = SkewState::Skewed;
    const ServedReport &report = in.reports[bad];
    QStringList each;
    bool apart = false;
    for (std::size_t i = 0; i < findings.size(); ++i) {
        if (in.reports[i].pod != report.pod)
            continue;
        apart = apart || findings[i].state == SkewState::Agrees || (findings[i].state == SkewState::Skewed && findings[i].served != findings[bad].served);
        if (findings[i].state == SkewState::Skewed)
            each << QStringLiteral("%1: %2").arg(in.reports[i].from, findings[i].why);
    }
    const QString version = QString::number(*in.wanted.version);
    if (apart) {
        out.cause = SkewCause::ReplicasDisagree;
        out.what = out.served.isEmpty() ? Text::tr("alias v%1, replicas serve something else").arg(version) : Text::tr("alias v%1, replicas serve %2").arg(version, out.served);
        out.why = each.join(QLatin1Char(' '));
    } else {
        out.cause = findings[bad].cause;
        if (!findings[bad].served.isEmpty())
            out.what = Text::tr("alias v%1, endpoint serves %2").arg(version, findings[bad].served);
        else if (out.cause == SkewCause::OtherImage)
            out.what = Text::tr("alias v%1, its pods run another image").arg(version);
        else if (report.pod && out.cause == SkewCause::StartedBefore)
            out.what = Text::tr("alias v%1, its pods run since before").arg(version);
        else
            out.what = Text::tr("alias v%1, endpoint serves something else").arg(version);
        out.why = findings[bad].why + (report.pod && each.size() > 1 ? Text::tr(" So do %1 others.").arg(each.size() - 1) : QString());
    }
    setRemedy(out, in, &report);
}

/// Of local serving and other targets that shift traffic themselves. True: it is decided.
bool judgeRollout(const SkewInput &in, Skew &out) {
    if (!in.rollout)
        return false;
    const cluster::RolloutStatus &r = *in.rollout;
    const std::optional<int> wanted = in.wanted.version;
    if (r.phase == cluster::RolloutPhase::Progressing || r.phase == cluster::RolloutPhase::Paused) {
        const std::optional<int> canary = r.canary ? std::optional(r.canary->version) : std::nullopt;
        if (canary && canary != wanted) {
            out.state = SkewState::Skewed;
            out.cause = SkewCause::NotRolledOut;
            out.served = numberText(canary);
            out.what = Text::tr("alias v%1, canary is v%2").arg(*wanted).arg(*canary);
            out.why = Text::tr("%1 is rolling out another version.").arg(r.target);
            out.remedy = Text::tr("Let that rollout end or abort it, then roll out v%1.").arg(*wanted);
            out.command = QStringLiteral("pilot rollouts abort %1").arg(in.model);
            return true;
        }
        out.state = SkewState::Moving;
        const int percent = qRound(r.wantedCanaryShare * 100);
        out.what = r.phase == cluster::RolloutPhase::Paused ? Text::tr("rollout of v%1 waits at %2 %").arg(*wanted).arg(percent) : Text::tr("rollout of v%1 is at %2 %").arg(*wanted).arg(percent);
        out.served = r.stable ? numberText(r.stable->version) : QString();
        return true;
    }
    if (r.phase == cluster::RolloutPhase::Unreachable) {
        out.why = Text::tr("%1 does not answer.").arg(r.target);
        return in.reports.empty();
    }
    if (!r.stable) {
        out.why = Text::tr("%1 serves nothing yet.").arg(r.target);
        return in.reports.empty();
    }
    if (r.stable->version <= 0) { // made by others, and no image of a version
        out.why = Text::tr("Which version %1 serves is not known: nothing says for which its image was built.").arg(r.target);
        return in.reports.empty();
    }
    out.served = numberText(r.stable->version);
    if (r.stable->version == *wanted) {
        out.state = SkewState::Agrees;
        return in.reports.empty();
    }
    out.state = SkewState::Skewed;
    out.cause = SkewCause::NotRolledOut;
    out.what = Text::tr("alias v%1, endpoint serves v%2").arg(*wanted).arg(r.stable->version);
    out.why = Text::tr("All traffic of %1 is on v%2, and no rollout is under way.").arg(r.target).arg(r.stable->version);
    return true;
}

} // namespace

QString skewCauseName(SkewCause cause) {
    static const char *const names[] = {"none", "not-rolled-out", "baked-in", "started-before", "other-run", "other-weights", "other-image", "replicas-disagree", "other-version"};
    return Q(names[int(cause)]);
}

QString skewStateName(SkewState state) {
    static const char *const names[] = {"agrees", "moving", "skewed", "unknown"};
    return Q(names[int(state)]);
}

QJsonObject Skew::toJson() const {
    return {{Q("state"), skewStateName(state)}, {Q("cause"), skewCauseName(cause)}, {Q("what"), what}, {Q("why"), why}, {Q("remedy"), remedy}, {Q("command"), command}, {Q("served"), served},
            {Q("since"), since.isValid() ? QJsonValue(isoUtc(since)) : QJsonValue()}, {Q("observed"), observed.isValid() ? QJsonValue(isoUtc(observed)) : QJsonValue()}};
}

std::optional<int> versionOf(const ServedReport &r, const SkewInput &in, bool *byName) {
    if (const auto number = plainNumber(r.version))
        return number;
    static const QRegularExpression qualified(QStringLiteral("\\A(.+)/v?([1-9][0-9]{0,8})\\z"));
    if (const auto m = qualified.match(r.version); m.hasMatch() && m.captured(1).section(QLatin1Char('/'), -1) == in.wanted.model)
        return m.captured(2).toInt();
    for (const registry::Version &v : in.versions) {
        if (!r.digest.isEmpty() && v.digest == r.digest)
            return v.version;
        if (!r.run.isEmpty() && v.runId == r.run)
            return v.version;
        if (r.version.size() >= 12 && (v.digest.startsWith(r.version) || v.runId == r.version)) // of a bare package the beginning of its digest
            return v.version;
    }
    bool named = namesAlias(r.version, in.wanted);
    const auto byUri = versionOfUri(r.storageUri, in, &named);
    if (byName)
        *byName = named;
    return byUri;
}

Skew judgeSkew(const SkewInput &in) {
    Skew out;
    for (const ServedReport &r : in.reports)
        if (!out.observed.isValid() || r.observed > out.observed)
            out.observed = r.observed;
    if (in.rollout && !out.observed.isValid())
        out.observed = in.rollout->observed;
    if (!in.wanted.version) {
        out.why = Text::tr("The alias %1 points nowhere.").arg(in.wanted.alias);
        return out;
    }
    if (judgeRollout(in, out)) {
        if (out.skewed() && out.remedy.isEmpty())
            setRemedy(out, in);
        return out;
    }
    if (in.reports.empty()) {
        if (out.why.isEmpty())
            out.why = Text::tr("Nothing tells what is served: the workspace names neither a rollout target nor an endpoint that was asked.");
        return out;
    }
    std::vector<Finding> findings;
    for (const ServedReport &r : in.reports)
        findings.push_back(judge(r, in));
    judgeTogether(in, findings, out);
    return out;
}

} // namespace pilothouse::fleet
