// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/history.h"

namespace pilothouse::fleet {

/// Around a report: who made it of what, and whether the journal verifies.
struct ReportFrame {
    QString workspace, program; ///< program: "Pilothouse 1.2"
    QDateTime made;
    operations::JournalCheck check;
};

/// One promotion with everything that was known of it.
struct PromotionReport {
    promotion::Request request;
    std::vector<operations::JournalEntry> lines;  ///< of the journal that are about it, oldest first
    std::vector<operations::PlannedCall> plan;    ///< of a pending one: what approving will do
    std::vector<Change> rollout;                  ///< what its rollout did, oldest first
    QString card, championCard;                   ///< MODEL_CARD.md of both packages; empty: not to be had
};

/// One self-contained HTML page for people who were not there: no script, no foreign address; light, for A4; the same bytes for the same input. In the
/// program's language; what was recorded (comments, gates, sentences) stands as it was recorded.
QByteArray promotionReportHtml(const ReportFrame &frame, const PromotionReport &report);
/// A model over a period: what was live when, every change, and each promotion in full. An invalid bound is none.
QByteArray modelReportHtml(const ReportFrame &frame, const History &history, const QDateTime &since, const QDateTime &until, const std::vector<PromotionReport> &promotions);

/// Both read now. Blocking. NotFound: no such promotion or model; Invalid: `until` is not after `since`.
Result<QByteArray> promotionReport(const Services &services, const QString &id);
Result<QByteArray> modelReport(const Services &services, const QString &model, const QDateTime &since = {}, const QDateTime &until = {}, const QString &connection = {});

} // namespace pilothouse::fleet
