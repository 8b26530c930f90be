// SPDX-License-Identifier: GPL-3.0-or-later
// What a promote, a roll back and a start write into an InferenceService: JSON patches of spec.predictor and spec.canary, and those that put them back.
#include "core/cluster/kserve.h"

namespace pilothouse::cluster {

using Q = QLatin1String;

namespace {

QJsonObject specOf(const QJsonObject &service) { return service.value(Q("spec")).toObject(); }

QJsonObject part(const QJsonObject &spec) {
    QJsonObject out{{Q("predictor"), spec.value(Q("predictor"))}};
    if (spec.contains(Q("canary")))
        out.insert(Q("canary"), spec.value(Q("canary")));
    return out;
}

QString pointer(const QString &key) { return QLatin1Char('/') + QString(key).replace(QLatin1Char('~'), Q("~0")).replace(QLatin1Char('/'), Q("~1")); }

/// The patch that makes `to` of `from`: only what differs, so that nothing else of the object is written, or stands in a journal. Lists are whole values.
void addDifference(QJsonArray &out, const QString &path, const QJsonObject &from, const QJsonObject &to) {
    for (auto it = from.begin(); it != from.end(); ++it)
        if (!to.contains(it.key()))
            out.append(QJsonObject{{Q("op"), Q("remove")}, {Q("path"), path + pointer(it.key())}});
    for (auto it = to.begin(); it != to.end(); ++it) {
        const QJsonValue before = from.value(it.key());
        if (before == it.value())
            continue;
        if (before.isObject() && it->isObject())
            addDifference(out, path + pointer(it.key()), before.toObject(), it->toObject());
        else
            out.append(QJsonObject{{Q("op"), before.isUndefined() ? Q("add") : Q("replace")}, {Q("path"), path + pointer(it.key())}, {Q("value"), it.value()}});
    }
}

QJsonArray patchBetween(const QJsonObject &from, const QJsonObject &to) {
    QJsonArray out;
    addDifference(out, QStringLiteral("/spec"), from, to);
    return out;
}

KserveChange changeTo(const QJsonObject &service, const QJsonObject &after) {
    KserveChange c;
    c.before = part(specOf(service));
    c.after = after;
    c.patch = patchBetween(c.before, c.after);
    c.undo = patchBetween(c.after, c.before);
    return c;
}

Error noCanary(const KserveStatus &s) {
    const QString where = QStringLiteral("inferenceservice/%1 in %2").arg(s.name, s.space);
    if (s.percentIgnored)
        return refused(QStringLiteral("canaryTrafficPercent is set, and a service in Standard mode does not look at it: there is no canary."), where,
                       QStringLiteral("From KServe 0.20 on a canary in Standard mode is an entry of spec.canary."));
    return refused(QStringLiteral("The service has no canary."), where);
}

/// The entry of spec.canary that is meant; the only one where no name is given.
Result<int> entryOf(const KserveStatus &s, const QString &name) {
    QStringList known;
    for (int i = 0; i < int(s.canaries.size()); ++i) {
        if (s.canaries[std::size_t(i)].name == name || (name.isEmpty() && s.canaries.size() == 1))
            return i;
        known << s.canaries[std::size_t(i)].name;
    }
    if (s.canaries.empty())
        return noCanary(s);
    if (name.isEmpty())
        return invalid(QStringLiteral("The service has several canaries: %1.").arg(known.join(QStringLiteral(", "))), s.name, QStringLiteral("Name one with --canary."));
    return notFound(QStringLiteral("The service has no canary “%1”.").arg(name), s.name, QStringLiteral("It has: %1.").arg(known.join(QStringLiteral(", "))));
}

QJsonObject withStorage(QJsonObject predictor, const QString &uri) {
    for (const QString &key : kserveServers())
        if (key != Q("containers") && predictor.contains(key)) {
            QJsonObject model = predictor.value(key).toObject();
            model.insert(Q("storageUri"), uri);
            model.remove(QStringLiteral("storage"));
            predictor.insert(key, model);
            return predictor;
        }
    return {};
}

/// The canary's predictor over the stable one, part by part, as KServe lays them over each other; another kind of server replaces the stable one's.
QJsonObject overlaid(QJsonObject stable, const QJsonObject &canary, bool top = true) {
    if (top) {
        const QStringList &kinds = kserveServers();
        for (const QString &kind : kinds)
            if (canary.contains(kind))
                for (const QString &other : kinds)
                    if (!canary.contains(other))
                        stable.remove(other);
    }
    for (auto it = canary.begin(); it != canary.end(); ++it) {
        if (top && (it.key() == Q("minReplicas") || it.key() == Q("maxReplicas")) && stable.contains(it.key()))
            continue; // it takes all traffic now: with the canary's few pods it would fall over
        stable.insert(it.key(), it->isObject() && stable.value(it.key()).isObject() ? QJsonValue(overlaid(stable.value(it.key()).toObject(), it->toObject(), false)) : it.value());
    }
    return stable;
}

QString whereOf(const KserveStatus &s) { return QStringLiteral("inferenceservice/%1 in %2").arg(s.name, s.space); }

void setCanaries(QJsonObject &spec, const QJsonArray &entries) {
    if (entries.isEmpty())
        spec.remove(QStringLiteral("canary"));
    else
        spec.insert(Q("canary"), entries);
}

} // namespace

Result<KserveChange> kservePromote(const QJsonObject &service, const QString &name, const QString &stableUri) {
    const KserveStatus s = kserveStatus(service);
    QJsonObject spec = part(specOf(service)), predictor = spec.value(Q("predictor")).toObject();
    if (s.knative()) {
        if (!s.hasCanary())
            return noCanary(s);
        if (!s.latestReady.isEmpty() && s.latestReady != s.latestCreated)
            return refused(QStringLiteral("The canary is not ready: its newest revision is %1, ready is %2.").arg(s.latestCreated, s.latestReady), whereOf(s), s.sentence);
        predictor.remove(QStringLiteral("canaryTrafficPercent"));
        spec.insert(Q("predictor"), predictor);
        KserveChange c = changeTo(service, spec);
        c.effect = QStringLiteral("%1 (%2 %) → all traffic").arg(s.storageUri).arg(s.wantedCanary());
        if (stableUri.isEmpty()) {
            c.undo = {};
            c.note = QStringLiteral("What the stable revision%1 serves is not known here, so there is no way back in one step.").arg(s.previousRolledout.isEmpty() ? QString() : QStringLiteral(" ") + s.previousRolledout);
        } else {
            // Percent put back would not bring the old one: the stable revision is the new one from here on.
            QJsonObject old = c.after;
            old.insert(Q("predictor"), withStorage(predictor, stableUri));
            c.undo = patchBetween(c.after, old);
            c.undoText = QStringLiteral("back to %1 with all traffic").arg(stableUri);
        }
        return c;
    }
    PH_ASSIGN(const int index, entryOf(s, name));
    const KserveCanary &canary = s.canaries[std::size_t(index)];
    if (!canary.ready.value_or(false))
        return refused(QStringLiteral("The canary %1 is not ready.").arg(canary.name), whereOf(s), s.sentence);
    QJsonArray entries = spec.value(Q("canary")).toArray();
    predictor = overlaid(predictor, entries.at(index).toObject().value(Q("predictor")).toObject());
    entries.removeAt(index);
    spec.insert(Q("predictor"), predictor);
    setCanaries(spec, entries);
    KserveChange c = changeTo(service, spec);
    c.effect = QStringLiteral("canary %1 (%2 %) → the stable version, without a restart").arg(canary.name).arg(canary.percent);
    c.undoText = QStringLiteral("the canary is beside %1 again").arg(s.stableName.isEmpty() ? s.storageUri : s.stableName);
    return c;
}

Result<KserveChange> kserveRollBack(const QJsonObject &service, const QString &name) {
    const KserveStatus s = kserveStatus(service);
    QJsonObject spec = part(specOf(service));
    if (s.knative()) {
        if (!s.hasCanary())
            return noCanary(s);
        if (*s.canaryPercent == 0)
            return refused(QStringLiteral("The canary has no traffic already."), whereOf(s));
        QJsonObject predictor = spec.value(Q("predictor")).toObject();
        predictor.insert(Q("canaryTrafficPercent"), 0);
        spec.insert(Q("predictor"), predictor);
        KserveChange c = changeTo(service, spec);
        c.effect = QStringLiteral("canary %1 % → 0 %: all traffic to %2").arg(*s.canaryPercent).arg(s.latestRolledout.isEmpty() ? QStringLiteral("the stable revision") : s.latestRolledout);
        c.undoText = QStringLiteral("canary at %1 % again").arg(*s.canaryPercent);
        c.note = QStringLiteral("The service still names the canary's model; a new model would start as a canary with 0 %.");
        return c;
    }
    PH_ASSIGN(const int index, entryOf(s, name));
    QJsonArray entries = spec.value(Q("canary")).toArray();
    entries.removeAt(index);
    setCanaries(spec, entries);
    KserveChange c = changeTo(service, spec);
    c.effect = QStringLiteral("canary %1 (%2 %) is removed: all traffic to the stable version").arg(s.canaries[std::size_t(index)].name).arg(s.canaries[std::size_t(index)].percent);
    c.undoText = QStringLiteral("canary %1 is started again").arg(s.canaries[std::size_t(index)].name);
    return c;
}

Result<KserveChange> kserveShare(const QJsonObject &service, const QString &name, int percent) {
    const KserveStatus s = kserveStatus(service);
    if (percent < 0 || percent > 100)
        return invalid(QStringLiteral("A share is a percentage between 0 and 100, not %1.").arg(percent), whereOf(s));
    QJsonObject spec = part(specOf(service));
    int before = 0;
    if (s.knative()) {
        if (!s.hasCanary())
            return noCanary(s);
        before = *s.canaryPercent;
        QJsonObject predictor = spec.value(Q("predictor")).toObject();
        predictor.insert(Q("canaryTrafficPercent"), percent);
        spec.insert(Q("predictor"), predictor);
    } else {
        PH_ASSIGN(const int index, entryOf(s, name));
        before = s.canaries[std::size_t(index)].percent;
        if (s.wantedCanary() - before + percent > 100)
            return invalid(QStringLiteral("All canaries together would take more than 100 %."), whereOf(s));
        QJsonArray entries = spec.value(Q("canary")).toArray();
        QJsonObject entry = entries.at(index).toObject();
        entry.insert(Q("trafficPercent"), percent);
        entries.replace(index, entry);
        spec.insert(Q("canary"), entries);
    }
    KserveChange c = changeTo(service, spec);
    c.effect = QStringLiteral("canary %1 % → %2 %").arg(before).arg(percent);
    c.undoText = QStringLiteral("back to %1 %").arg(before);
    return c;
}

Result<KserveChange> kserveStart(const QJsonObject &service, const QString &storageUri, int percent, const QString &name) {
    const KserveStatus s = kserveStatus(service);
    if (percent < 0 || percent > 100)
        return invalid(QStringLiteral("A share is a percentage between 0 and 100, not %1.").arg(percent), whereOf(s));
    if (s.knative() && s.canaryPercent)
        return refused(QStringLiteral("A canary with %1 % runs: another model would take its share at once.").arg(*s.canaryPercent), whereOf(s), QStringLiteral("Promote it, or put the model back, first."));
    QJsonObject spec = part(specOf(service));
    const QJsonObject stable = spec.value(Q("predictor")).toObject(), other = withStorage(stable, storageUri);
    if (other.isEmpty())
        return refused(QStringLiteral("The service runs its own container: it has no storage address to change."), whereOf(s), QStringLiteral("Set its image."));
    if (storageUri == s.storageUri)
        return refused(QStringLiteral("The service serves %1 already.").arg(storageUri), whereOf(s));
    if (s.knative()) {
        QJsonObject predictor = other;
        predictor.insert(Q("canaryTrafficPercent"), percent);
        spec.insert(Q("predictor"), predictor);
    } else {
        if (name.isEmpty())
            return invalid(QStringLiteral("A canary in Standard mode needs a name."), whereOf(s), QStringLiteral("For example --canary v2."));
        for (const KserveCanary &c : s.canaries)
            if (c.name == name)
                return Error{ErrorKind::Conflict, QStringLiteral("There is a canary “%1” already.").arg(name), whereOf(s), {}, {}};
        if (name == s.stableName)
            return Error{ErrorKind::Conflict, QStringLiteral("The stable version is called “%1”.").arg(name), whereOf(s), {}, {}};
        if (s.wantedCanary() + percent > 100)
            return invalid(QStringLiteral("All canaries together would take more than 100 %."), whereOf(s));
        QJsonObject predictor{{Q("name"), name}};
        for (auto it = other.begin(); it != other.end(); ++it)
            if (it.value() != stable.value(it.key())) // only what differs: the rest comes from the stable predictor, and autoscaling fields are not allowed here
                predictor.insert(it.key(), it.value());
        QJsonArray entries = spec.value(Q("canary")).toArray();
        entries.append(QJsonObject{{Q("trafficPercent"), percent}, {Q("predictor"), predictor}});
        spec.insert(Q("canary"), entries);
    }
    KserveChange c = changeTo(service, spec);
    c.effect = QStringLiteral("%1 beside %2, with %3 % of the traffic").arg(storageUri, s.storageUri).arg(percent);
    c.undoText = QStringLiteral("%1 alone").arg(s.storageUri);
    return c;
}

Result<KserveChange> kserveReplace(const QJsonObject &service, const QString &storageUri) {
    const KserveStatus s = kserveStatus(service);
    QJsonObject spec = part(specOf(service));
    QJsonObject predictor = withStorage(spec.value(Q("predictor")).toObject(), storageUri);
    if (predictor.isEmpty())
        return refused(QStringLiteral("The service runs its own container: it has no storage address to change."), whereOf(s), QStringLiteral("Set its image."));
    predictor.remove(QStringLiteral("canaryTrafficPercent")); // an old percent would make a canary of it
    spec.insert(Q("predictor"), predictor);
    KserveChange c = changeTo(service, spec);
    if (c.patch.isEmpty())
        return refused(QStringLiteral("The service serves %1 already.").arg(storageUri), whereOf(s));
    c.effect = QStringLiteral("%1 → %2, all traffic").arg(s.storageUri, storageUri);
    c.undoText = QStringLiteral("back to %1").arg(s.storageUri);
    return c;
}

} // namespace pilothouse::cluster
