// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/evidence_sheet.h"

#include "widgets/base/sheet_size.h"
#include "widgets/promotion/promotion_sheet.h"

#include <QDialog>
#include <QVBoxLayout>

namespace pilothouse::ui {

void openEvidenceSheet(const PanelContext &context, QWidget *over, const promotion::Evidence &evidence, const QString &asked) {
    auto *dialog = new QDialog(over);
    dialog->setObjectName(QStringLiteral("evidenceSheet"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(QObject::tr("Evidence of %1 v%2").arg(evidence.model).arg(evidence.candidateVersion));
    auto *column = new QVBoxLayout(dialog);
    column->setContentsMargins(12, 12, 12, 12);
    auto *sheet = new PromotionSheet(context);
    column->addWidget(sheet);
    sheet->setEvidence(evidence, asked);
    dialog->resize(sheetSize(over, 1140, 720));
    dialog->open();
    sheet->firstFocus()->setFocus();
}

} // namespace pilothouse::ui
