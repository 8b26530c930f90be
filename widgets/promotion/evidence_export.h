// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"

namespace pilothouse::ui {

/// Asks for a place and writes an evidence report there: as a page, or as a PDF where the name ends with .pdf. Made and written on a pool; a notice says
/// how it went.
/// @param name  of the file, without its end   @param html  makes the page; blocking, holds values only
void exportEvidence(const PanelContext &context, QWidget *owner, const QString &name, const std::function<Result<QByteArray>()> &html);
/// The same to a known place: what follows the dialog.
void exportEvidenceTo(const PanelContext &context, QWidget *owner, const QString &file, const std::function<Result<QByteArray>()> &html);

} // namespace pilothouse::ui
