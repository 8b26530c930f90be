// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <optional>

namespace pilothouse::cluster {

/// Who changed a pod template, why and in which operation: kept in the annotation "pilothouse.change" of the workload, from where its controller copies it to
/// the revision. Whoever changes the template by another program leaves the annotation standing: so it names the template it is about, and counts for no other.
struct ChangeNote {
    static QString key(); ///< "pilothouse.change"
    QString operation; ///< op-… of the journal, p-… of a promotion
    QString by, program, what; ///< what: "image of api: 398 → 420"
    QString model;     ///< of a promotion: as registered; else empty
    int version = 0;
    QDateTime at;
    QString digest;    ///< templateDigest() of what it is about, as the server keeps it
    QString text() const; ///< the annotation's value
};

/// The note of an object that has this template; none where there is none, or it is about another template.
std::optional<ChangeNote> changeNote(const QJsonObject &annotations, const QJsonObject &podTemplate);

} // namespace pilothouse::cluster
