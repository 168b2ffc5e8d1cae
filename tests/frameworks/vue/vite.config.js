import vue from '@vitejs/plugin-vue';

const isCustomElement = (tag) => tag === 'pay-with';

export default { plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] };
