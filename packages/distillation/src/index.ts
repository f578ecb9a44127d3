export { type DistillationInputs, type DistillationOptions, distillationLoss } from './distillation-loss.ts';
export { frozenTeacher, type Teacher, type TeacherModel } from './frozen-teacher.ts';
export { withoutGradients } from './without-gradients.ts';
